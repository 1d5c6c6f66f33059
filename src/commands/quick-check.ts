import Doctor from './doctor.ts'

/** The guide's quick-check.sh: `doctor --quick` under its old name. */
export default class QuickCheck extends Doctor {
  static override readonly summary = 'the same as doctor --quick'
  static override readonly examples = ['<%= config.bin %> quick-check']
  protected override readonly alwaysQuick = true
}
