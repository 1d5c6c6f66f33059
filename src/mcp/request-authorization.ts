/** The changing value of `Authorization` at one backend. */
export interface RequestAuthorization {
  /** At once where there is one. @throws CallFailure (as a rejection) */
  header(): string | Promise<string>
  /** The backend has answered 401 to it. @returns whether another one may be tried now */
  refused(header: string): boolean
  /** The backend has answered 401 to the next one as well: another will hardly do better. */
  refusedAgain(): void
}
