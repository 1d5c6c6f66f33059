import {type ChildProcess, spawn} from 'node:child_process'
import {ownerVariable} from './sweep.ts'

/**
 * Outlives any death of the runtime, SIGKILL included: a small shell in its own session that reads process groups from a
 * pipe. When the pipe ends without `done`, the runtime is gone, and it kills the groups, all that descends from them (who
 * took a session of its own and emptied its environment is still its parent's child), and whatever carries the owner mark. A group whose leader's start time differs is somebody else's and left alone; while a group exists, the
 * kernel gives its number to no new process.
 */
const script = `
trap '' TERM INT HUP QUIT
instance=$1
groups=
while read -r op pgid ticks; do
  case $op in
    +) groups="$groups $pgid:$ticks" ;;
    -) rest=
       for g in $groups; do [ "$g" = "$pgid:$ticks" ] || rest="$rest $g"; done
       groups=$rest ;;
    done) exit 0 ;;
  esac
done
pids=' '
for g in $groups; do
  pgid=\${g%%:*}
  if [ -r "/proc/$pgid/stat" ]; then
    now=$(sed 's/.*) //' "/proc/$pgid/stat" 2>/dev/null | cut -d ' ' -f 20)
    [ -z "$now" ] || [ "$now" = "\${g#*:}" ] || continue
  fi
  pids="$pids$pgid "
done
more=1
while [ -n "$more" ]; do
  more=
  for f in /proc/[0-9]*/stat; do
    pid=\${f#/proc/}
    pid=\${pid%/stat}
    case $pids in *" $pid "*) continue ;; esac
    IFS= read -r line 2>/dev/null <"$f" || continue
    set -- \${line##*) } '' '' ''
    case $pids in *" $2 "* | *" $3 "*) pids="$pids$pid " more=1 ;; esac
  done
done
for pid in $pids; do
  kill -s KILL -- "-$pid" 2>/dev/null
  kill -s KILL "$pid" 2>/dev/null
done
for round in 1 2 3; do
  found=$(grep -lsa -e "${ownerVariable}=$instance:" /proc/[0-9]*/environ)
  [ -n "$found" ] || exit 0
  for f in $found; do
    pid=\${f#/proc/}
    kill -s KILL "\${pid%/environ}" 2>/dev/null
  done
done
`

export interface Reaper {
  readonly pid: number | undefined
  /** Watches over a group from now on. */
  add(groupId: number, startTicks: number): void
  /** The group is empty: forget it. */
  remove(groupId: number, startTicks: number): void
  /** All is ended in order: the reaper goes without killing anything. */
  dismiss(): void
}

/** @param instance the part of the owner mark that all children of this runtime share */
export function startReaper(instance: string, onError: (error: Error) => void): Reaper {
  const child: ChildProcess = spawn('/bin/sh', ['-c', script, 'only1mcp-reaper', instance], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {PATH: '/usr/bin:/bin'},
    cwd: '/',
  })
  child.on('error', onError)
  child.stdin?.on('error', onError)
  child.unref()
  const write = (line: string): void => {
    child.stdin?.write(`${line}\n`)
  }
  return {
    pid: child.pid,
    add: (groupId, startTicks) => write(`+ ${groupId} ${startTicks}`),
    remove: (groupId, startTicks) => write(`- ${groupId} ${startTicks}`),
    dismiss: () => {
      write('done')
      child.stdin?.end()
    },
  }
}
