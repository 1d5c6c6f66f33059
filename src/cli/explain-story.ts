import type {Subject} from '../diagnostics/explain/subject.ts'

export interface StoryRequest {
  readonly subject: Extract<Subject, {readonly kind: 'request' | 'trace'}>
  readonly configFlag: string | undefined
  readonly json: boolean
}

export async function tellStory(_request: StoryRequest): Promise<void> {}
