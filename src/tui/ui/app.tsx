import {Box, useInput, usePaste} from 'ink'
import {type ReactElement, useSyncExternalStore} from 'react'
import type {Glyphs} from '../text/glyphs.ts'
import type {StyledLine} from '../text/line.ts'
import {Help} from './help.tsx'
import {keyNames} from './key-names.ts'
import type {Layout} from './layout.ts'
import type {Size} from './state.ts'
import {Line} from './styled.tsx'

/** What React draws: everything but the live body, and the overlays over it. */
export interface Chrome {
  readonly size: Size
  readonly glyphs: Glyphs
  readonly layout: Layout
  readonly header: StyledLine
  readonly tabs: StyledLine
  readonly notices: readonly StyledLine[]
  readonly hints: StyledLine
  readonly overlay:
    | {readonly kind: 'help'; readonly top: number}
    | {readonly kind: 'lines'; readonly lines: readonly StyledLine[]}
    | null
}

export interface AppProps {
  readonly chrome: () => Chrome
  readonly subscribe: (changed: () => void) => () => void
  readonly onKey: (key: string) => void
  readonly onPaste: (text: string) => void
}

export function App({chrome, subscribe, onKey, onPaste}: AppProps): ReactElement {
  const {size, glyphs, layout, header, tabs, notices, hints, overlay} = useSyncExternalStore(subscribe, chrome)
  useInput((input, key) => {
    for (const name of keyNames(input, key)) onKey(name)
  })
  usePaste(onPaste)
  const line = (content: StyledLine, key: string): ReactElement => (
    <Line key={key} line={content} cols={size.cols} cut={glyphs.cut} />
  )
  if (!layout.chrome) {
    return (
      <Box width={size.cols} height={size.rows}>
        {line(header, 'header')}
      </Box>
    )
  }
  return (
    <Box width={size.cols} height={size.rows} flexDirection="column" overflow="hidden">
      {line(header, 'header')}
      {line(tabs, 'tabs')}
      <Box height={layout.body.rows} flexShrink={0} />
      {notices.slice(0, layout.notices).map((notice, index) => line(notice, `notice${index}`))}
      {line(hints, 'hints')}
      {overlay === null || layout.overlay === undefined ? null : (
        <Overlay overlay={overlay} rect={layout.overlay} glyphs={glyphs} />
      )}
    </Box>
  )
}

interface OverlayProps {
  readonly overlay: NonNullable<Chrome['overlay']>
  readonly rect: NonNullable<Layout['overlay']>
  readonly glyphs: Glyphs
}

function Overlay({overlay, rect, glyphs}: OverlayProps): ReactElement {
  const place = {
    position: 'absolute',
    marginLeft: rect.x,
    marginTop: rect.y,
    width: rect.cols,
    height: rect.rows,
  } as const
  if (overlay.kind === 'help') {
    return (
      <Box {...place} overflow="hidden">
        <Help cols={rect.cols} rows={rect.rows} top={overlay.top} glyphs={glyphs} />
      </Box>
    )
  }
  return (
    <Box
      {...place}
      borderStyle={glyphs.ascii ? 'classic' : 'round'}
      flexDirection="column"
      paddingX={1}
      overflow="hidden"
    >
      {overlay.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity beyond their place
        <Line key={index} line={line} cols={rect.cols - 4} cut={glyphs.cut} />
      ))}
    </Box>
  )
}
