import type {MessageEntry} from './entry.ts'
import {accessMessages} from './messages/access.ts'
import {callMessages} from './messages/calls.ts'
import {certificateMessages} from './messages/certificates.ts'
import {configurationMessages} from './messages/configuration.ts'
import {contentMessages} from './messages/contents.ts'
import {databaseMessages} from './messages/databases.ts'
import {fileMessages} from './messages/files.ts'
import {networkMessages} from './messages/network.ts'
import {processMessages} from './messages/processes.ts'
import {protocolMessages} from './messages/protocol.ts'
import {resourceMessages} from './messages/resources.ts'
import {runtimeMessages} from './messages/runtime.ts'

/** Every family of messages that can be explained, in the order of the docs. */
export const messages: readonly MessageEntry[] = [
  ...networkMessages,
  ...certificateMessages,
  ...processMessages,
  ...resourceMessages,
  ...accessMessages,
  ...protocolMessages,
  ...contentMessages,
  ...callMessages,
  ...fileMessages,
  ...databaseMessages,
  ...configurationMessages,
  ...runtimeMessages,
]
