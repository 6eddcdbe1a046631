import { Star } from 'lucide-react'
import { Chip } from '../../../ui/Chip.tsx'

/** The champion is the version to use unless one is asked for; it carries a star. */
export function AliasChip(props: { readonly alias: string }) {
  return (
    <Chip
      tone="accent"
      title={props.alias}
      icon={props.alias === 'champion' ? <Star size={10} fill="currentColor" aria-hidden /> : undefined}
    >
      {props.alias}
    </Chip>
  )
}
