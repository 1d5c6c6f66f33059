import type {Action} from '../../control/action.ts'
import {type SafeText, safeText} from '../../shared/safe-text.ts'
import {type StyledLine, span, wrapText} from '../text/line.ts'

const labelCells = 12

/** The question before an action: what, upon which target, with which effect, and how a shell would do it. */
export function confirmLines(action: Action, typed: string, cols: number, ascii: boolean): StyledLine[] {
  const safe = (text: string): SafeText => safeText(text, {ascii})
  const part = (label: string, text: string): StyledLine[] =>
    wrapText(safe(text), Math.max(10, cols - labelCells)).map((line, index) => [
      span((index === 0 ? label : '').padEnd(labelCells), 'dim'),
      span(line),
    ])
  const question: StyledLine =
    action.confirm === 'typed-name'
      ? [
          span(`type ${safe(action.target)} and Enter: `, 'strong'),
          span(safe(typed)),
          {text: ' ', role: 'plain', inverse: true},
        ]
      : [span('y', 'strong'), span(' do it   '), span('n', 'strong'), span(' cancel')]
  return [
    [span(safe(action.title), 'bad')],
    ...part('target', action.target),
    ...part('effect', action.effect),
    ...part('as command', action.equivalentCommand),
    question,
  ]
}
