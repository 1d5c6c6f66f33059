/** Who speaks: a server that runs as a program. */
export interface Speaker {
  readonly id: string
  readonly command: string
}

/** The line that says why, and the step that it calls for. */
export interface LastWords {
  readonly line: string
  readonly remedy: string
}

interface Saying {
  readonly pattern: RegExp
  /** `what`: the first group that matched. */
  readonly remedy: (what: string, speaker: Speaker, line: string) => string
}

const again = ({id}: Speaker): string => `then only1mcp health check ${id}`

// Every repetition is bounded: the lines are a stranger's.
const variable = '\\b([A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8})\\b'

/** Several that it names in one breath. */
const list =
  /^[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8}(?:(?:, (?:and |or )?| and | or |,| & )[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8}\b){0,6}/

/** What programs say when they cannot go on, the most telling first. */
const sayings: readonly Saying[] = [
  {
    pattern: new RegExp(
      `${variable}["'\`]?[^\\n]{0,60}?(?:\\bnot set|unset|missing|required|undefined|must be|not (?:provided|defined|found)|empty)`,
    ),
    remedy: setVariable,
  },
  {
    pattern: new RegExp(
      `\\b(?:[Mm]issing|[Rr]equire[sd]?|[Ss]et|[Pp]rovide|[Ee]xpected|[Nn]eeds?|KeyError)\\b[^\\n]{0,60}?${variable}`,
    ),
    remedy: setVariable,
  },
  {
    pattern: /ModuleNotFoundError: No module named ["']?([\w.]{1,80})|: No module named ([\w.]{1,80})/,
    remedy: (what, speaker) =>
      `install ${what} for that Python (${speaker.command} -m pip install …), ${again(speaker)}`,
  },
  {
    pattern: /Cannot find (?:module|package) ["']([^"'\n]{1,200})["']/,
    remedy: (what, speaker) =>
      what.startsWith('/') || what.startsWith('.')
        ? `correct the path in args of ${speaker.id}: there is no ${what}`
        : `npm install ${what} where the program lies, ${again(speaker)}`,
  },
  {
    pattern:
      /["'](?:https?:[^"'\n]{0,100}\/)?((?:@[\w.-]{1,60}\/)?[\w.-]{1,80})(?:@[^"'\n]{0,40})?["'] (?:could not be found|is not in (?:this|the npm) registry)/,
    remedy: (what, {id}) => `correct the name of the package in args of ${id}: the registry has no ${what}`,
  },
  {
    pattern: /npm (?:error|ERR!) code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)/,
    remedy: (_, {id}) =>
      `the package is fetched at each start and its registry cannot be reached: install it once (npm install -g) and name its own program as command of ${id}`,
  },
  {
    pattern: /(Ok to proceed\? \(y\))/,
    remedy: (_, {id}) => `it asks whether it may install: put -y in front of the package in args of ${id}`,
  },
  {
    pattern:
      /^stdout: [^\n]{0,150}?((?:enter|password|passphrase|user ?name|login|api key|token|continue|y\/n)[^|\n]{0,60}[?:>\])])\s*$/i,
    remedy: (what, {id}) => `it asks "${what}", and no person is there to answer: give it that in env or args of ${id}`,
  },
  {
    pattern: /(Cannot connect to the Docker daemon|docker daemon running\?|docker\.sock)/i,
    remedy: (_, speaker) => `start Docker, or let this user in (group docker), ${again(speaker)}`,
  },
  {
    pattern: /(?:pull access denied for|Unable to find image|manifest for) ["']?([\w./:@-]{1,120})/,
    remedy: (what, speaker) => `docker pull ${what}, or correct the image in args of ${speaker.id}`,
  },
  {
    pattern: /(EADDRINUSE|address already in use)/i,
    remedy: (_, {id}) => `a port that ${id} wants is taken: ss -ltnp tells by whom`,
  },
  {
    pattern: /(?:Permission denied|EACCES)[^\n]{0,60}?["']?(\/[^"'\n:,]{1,200})/i,
    remedy: (what, speaker) => `let the user of the runtime at ${what}, ${again(speaker)}`,
  },
  {
    pattern: /(?:ENOENT|No such file or directory)[^\n]{0,60}?["'](\/?[^"'\n]{1,200})/i,
    remedy: (what, speaker) => `make ${what}, or correct the entry of ${speaker.id}: it is not there`,
  },
  {
    pattern: /((?:unrecognized|unknown|unexpected|invalid) (?:arguments?|options?|flags?|command)[^\n]{0,80})/i,
    remedy: (_, {id}) => `correct args of ${id}`,
  },
]

function setVariable(what: string, speaker: Speaker, line: string): string {
  const all = list.exec(line.slice(Math.max(0, line.indexOf(what))))?.[0] ?? what
  return `set ${all} in env of ${speaker.id} (and where the runtime is started), ${again(speaker)}`
}

/** Many programs paint what matters. */
const colour = /\x1b\[[\d;]{0,20}m/g

/** What the last lines of a program call for; null where they say nothing that is known here. */
export function lastWords(spoken: readonly string[], speaker: Speaker): LastWords | null {
  const lines = spoken.map(line => line.slice(0, 2000).replace(colour, ''))
  for (const {pattern, remedy} of sayings) {
    for (const line of lines) {
      const match = pattern.exec(line.slice(0, 1000))
      const what = match?.slice(1).find(group => group !== undefined)
      if (what !== undefined) return {line: line.slice(0, 200), remedy: remedy(what, speaker, line.slice(0, 1000))}
    }
  }
  return null
}
