/** The events of a text/event-stream body with data; comments and priming events are left out. */
export async function* sseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{id: string; data: string}> {
  const decoder = new TextDecoder('utf-8', {fatal: true})
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, {stream: true})
    const blocks = text.split(/\r?\n\r?\n/)
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = block.split(/\r?\n/)
      const data = fields.filter(line => line.startsWith('data:')).map(line => line.slice(5).replace(/^ /, ''))
      const id =
        fields
          .find(line => line.startsWith('id:'))
          ?.slice(3)
          .trim() ?? ''
      if (data.join('') !== '') yield {id, data: data.join('\n')}
    }
  }
}
