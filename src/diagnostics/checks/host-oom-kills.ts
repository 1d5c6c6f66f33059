import {type Check, fail, notSeen, pass} from '../check.ts'

/** The kernel has killed nothing of ours for want of memory (the guide's "OOM killer terminating process"). */
export const hostOomKills: Check<['host.cgroup']> = {
  id: 'host.oom_kills',
  category: 'host',
  severity: 'fail',
  title: 'nothing in the control group was killed for want of memory',
  docs: 'killed-for-want-of-memory',
  after: ['host.memory', 'host.cgroup'],
  needs: ({pid}) => [`host.cgroup:${pid ?? ''}`],
  run([cgroup], {pid}) {
    if (cgroup.state !== 'known') return [notSeen(cgroup, '')]
    const {path, oomKills} = cgroup.value
    // Without a runtime it is the group of this shell, of which others are part.
    if (pid === null || oomKills === null || oomKills === 0)
      return [pass(path, oomKills === null ? 'the kernel counts no kills here' : 'the kernel killed nothing of ours')]
    return [
      fail(path, `${oomKills === 1 ? 'one process was' : `${oomKills} processes were`} killed for want of memory`, {
        evidence: [`oom_kill of the control group ${path}, counted since it was made`],
        causes: [{id: 'host.cgroup'}, {id: 'host.memory'}],
        remedy: 'journalctl -k -g "Out of memory|oom-kill" names them; then raise MemoryMax= or lower what is cached',
      }),
    ]
  },
}
