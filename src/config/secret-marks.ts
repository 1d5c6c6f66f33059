import type {SecretMarks} from '../redaction/redactor.ts'
import {placesWhere} from './schema-walk.ts'

let marks: SecretMarks | undefined

/** Where the schema says that a value is secret: paths with `*` for any key or index, for `Redactor.value`. */
export function secretMarks(): SecretMarks {
  marks ??= placesWhere(meta => meta.secret === true)
  return marks
}
