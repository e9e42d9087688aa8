/** What every build step takes. */
export interface BuildOptions {
  readonly signal: AbortSignal;
  /** Called with one line when something noteworthy begins or ends. */
  readonly progress: (line: string) => void;
}
