/** The first lines of every template: where editors find the schema, and how to check the file. */
export function head(purpose: string): string {
  return `# yaml-language-server: $schema=only1mcp.schema.json
# Configuration of only1mcp: ${purpose}.
# Check it with: only1mcp validate FILE; for editors: only1mcp config schema > only1mcp.schema.json
# Durations are written 500ms, 30s, 5m; sizes 512KiB, 4MiB. \${NAME} and \${NAME:-default} are environment variables.`
}
