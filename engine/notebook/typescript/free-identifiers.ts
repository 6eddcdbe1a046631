import type { AnyNode, Node, Pattern, Program } from 'acorn'

/** Names declared in a scope. `var` and function declarations are hoisted; the rest is enough block by block. */
type Scope = Set<string>

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The child nodes of a node, in source order. */
export function children(node: Node): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  )
}

/** The names that a binding pattern declares. */
export function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []))
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    case 'MemberExpression':
      return []
  }
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Declarations anywhere below `node` that belong to the enclosing function: `var`, and its own top-level names. */
function declare(node: AnyNode, scope: Scope, top: boolean): void {
  switch (node.type) {
    case 'VariableDeclaration':
      if (top || node.kind === 'var') {
        for (const declarator of node.declarations)
          for (const name of patternNames(declarator.id)) scope.add(name)
      }
      break
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      if (top && node.id) scope.add(node.id.name)
      return
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) scope.add(specifier.local.name)
      return
    case 'ExportNamedDeclaration':
      if (node.declaration) declare(node.declaration, scope, top)
      return
  }
  if (functionTypes.has(node.type) || node.type.startsWith('Class')) return
  for (const child of children(node)) declare(child, scope, false)
}

function blockScope(body: readonly AnyNode[]): Scope {
  const scope: Scope = new Set()
  for (const statement of body) declare(statement, scope, true)
  return scope
}

function visit(node: AnyNode, scopes: readonly Scope[], free: Set<string>): void {
  const inside = (scope: Scope, nodes: readonly (AnyNode | null | undefined)[]) => {
    for (const child of nodes) if (child) visit(child, [...scopes, scope], free)
  }
  switch (node.type) {
    case 'Identifier':
      if (!scopes.some((scope) => scope.has(node.name))) free.add(node.name)
      return
    case 'MemberExpression':
      visit(node.object, scopes, free)
      if (node.computed) visit(node.property, scopes, free)
      return
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) visit(node.key, scopes, free)
      if (node.value) visit(node.value, scopes, free)
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const scope: Scope = new Set(node.params.flatMap(patternNames))
      if (node.type !== 'ArrowFunctionExpression') scope.add('arguments')
      if (node.id) scope.add(node.id.name)
      declare(node.body, scope, false)
      inside(scope, [...node.params, node.body])
      return
    }
    case 'ClassDeclaration':
    case 'ClassExpression':
      inside(new Set(node.id ? [node.id.name] : []), [node.superClass, node.body])
      return
    case 'BlockStatement':
    case 'Program':
    case 'StaticBlock':
      inside(blockScope(node.body), node.body)
      return
    case 'SwitchStatement':
      visit(node.discriminant, scopes, free)
      inside(blockScope(node.cases.flatMap((entry) => entry.consequent)), node.cases)
      return
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement': {
      const head = node.type === 'ForStatement' ? node.init : node.left
      inside(head ? blockScope([head]) : new Set(), children(node))
      return
    }
    case 'CatchClause':
      inside(new Set(node.param ? patternNames(node.param) : []), children(node))
      return
    case 'LabeledStatement':
      visit(node.body, scopes, free)
      return
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportDeclaration':
    case 'MetaProperty':
      return
    case 'ExportNamedDeclaration':
      if (node.declaration) visit(node.declaration, scopes, free)
      else if (!node.source) for (const specifier of node.specifiers) visit(specifier.local, scopes, free)
      return
    default:
      for (const child of children(node)) visit(child, scopes, free)
  }
}

/** The names a module body reads or assigns without declaring them: globals and what other cells export. */
export function freeIdentifiers(program: Program): Set<string> {
  const free = new Set<string>()
  visit(program, [], free)
  return free
}
