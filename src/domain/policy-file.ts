// What was found where a policy should stand?

export type PolicyFile =
  /** The app could look, and there is no such file. */
  | { readonly kind: 'absent' }
  /** The organisation has no `.github` repository that the app can see: nobody can say whether a policy exists. */
  | { readonly kind: 'not-visible' }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** `text: null`: the file is there and is not UTF-8 text, or larger than GitHub hands out. */
  | {
      readonly kind: 'found';
      readonly text: string | null;
      readonly bytes: number;
      readonly sha: string | null;
    };

/** The policies of one review, each from the tip of its default branch. */
export interface PolicyFiles {
  readonly repository: PolicyFile;
  readonly organization: PolicyFile;
}

export const POLICY_PATH = '.github/agent-policy.yml';
