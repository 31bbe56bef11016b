// Which files of a default branch decide how pull requests are judged?
import { POLICY_PATH } from '../domain/policy-file.js';

/** GitHub takes the first of these that exists: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

export function isPolicyPath(path: string): boolean {
  return path === POLICY_PATH;
}

export function decidesVerdicts(path: string): boolean {
  return isPolicyPath(path) || CODEOWNERS_PATHS.includes(path);
}
