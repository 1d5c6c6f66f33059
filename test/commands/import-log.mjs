/** Preloaded by `node --import`: writes the URL of every module that is loaded from a file to the file IMPORT_LOG. */
import {appendFileSync} from 'node:fs'
import {registerHooks} from 'node:module'

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.IMPORT_LOG, `${url}\n`)
    return nextLoad(url, context)
  },
})
