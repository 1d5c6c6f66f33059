import {Box, Text} from 'ink'
import type {ReactElement} from 'react'
import {sgr, styleOf} from '../term/style.ts'
import {fitLine, type StyledLine} from '../text/line.ts'

/** One line of spans in Ink. Colours are always told: whether they reach the terminal is decided where it is written. */
export function Line({
  line,
  cols,
  cut,
}: {
  readonly line: StyledLine
  readonly cols: number
  readonly cut: string
}): ReactElement {
  const text = fitLine(line, cols, cut)
    .map(span => `${sgr(styleOf(span), true)}${span.text}`)
    .join('')
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">{text === '' ? ' ' : `${text}\u001b[0m`}</Text>
    </Box>
  )
}
