import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from './refusal.ts'

/**
 * Answers what no route takes: OPTIONS with the methods of a path, a wrong method with 405 and them, the rest with 404.
 * Routes must be added after this is.
 */
export function answerOtherMethods(
  app: FastifyInstance,
  refuse: (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => FastifyReply,
): void {
  const routes: { path: RegExp; methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')
    routes.push({ path: new RegExp(`^${pattern}$`), methods: [method].flat() })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const methods = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods)
    if (methods.length === 0) {
      const message = `There is no ${request.method} ${path}. GET /docs lists what there is.`
      return refuse(request, reply, new Refusal(404, 'not_found', message))
    }
    const allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ')
    reply.header('allow', allow)
    if (request.method === 'OPTIONS') return reply.code(204).send()
    const message = `${path} takes ${allow}, not ${request.method}.`
    return refuse(request, reply, new Refusal(405, 'method_not_allowed', message))
  })
}
