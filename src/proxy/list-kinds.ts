/** The four lists of MCP, as data: adding one is an entry here. */
export const listKinds = {
  tools: {
    method: 'tools/list',
    field: 'tools',
    key: 'name',
    capability: 'tools',
    changed: 'notifications/tools/list_changed',
  },
  prompts: {
    method: 'prompts/list',
    field: 'prompts',
    key: 'name',
    capability: 'prompts',
    changed: 'notifications/prompts/list_changed',
  },
  resources: {
    method: 'resources/list',
    field: 'resources',
    key: 'uri',
    capability: 'resources',
    changed: 'notifications/resources/list_changed',
  },
  templates: {
    method: 'resources/templates/list',
    field: 'resourceTemplates',
    key: 'uriTemplate',
    capability: 'resources',
    changed: 'notifications/resources/list_changed',
  },
} as const

export type ListKind = keyof typeof listKinds

export const allListKinds = Object.keys(listKinds) as ListKind[]

/** The lists that a `list_changed` notification speaks of; none for any other notification. */
export function listsChangedBy(notification: string): readonly ListKind[] {
  return allListKinds.filter(kind => listKinds[kind].changed === notification)
}
