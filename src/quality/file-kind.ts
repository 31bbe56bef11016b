// What is a file for: product code, tests, documents, the build machines, settings?
// Told from the path alone; the first kind that fits counts.

export type FileKind = 'ci' | 'tests' | 'docs' | 'settings' | 'code';

const CI =
  /^\.(github|circleci|gitlab|buildkite|ci|teamcity|azure-pipelines)\/|(^|\/)(\.travis\.ya?ml|\.gitlab-ci\.ya?ml|appveyor\.ya?ml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml|jenkinsfile[^/]*)$|^(eng\/pipelines|kokoro)\//i;

const TESTS =
  /(^|\/)(tests?|__tests__|specs?|testing|testdata|e2e|__snapshots__|__mocks__|fixtures?)(\/|$)|(^|[._/-])(test|tests|spec)[._]|_test\.[a-z]+$|(^|\/)test_[^/]*$/i;

/** Names such as `OrderServiceTest.java` or `UserSpec.scala`, where the capital letter tells. */
const TESTS_BY_SUFFIX = /[a-z0-9](Tests?|Spec|IT)\.[a-z]+$/;

const DOCS =
  /\.(md|mdx|rst|adoc|txt|ipynb)$|(^|\/)(docs?|documentation|guides?|website)\/|(^|\/)(readme|changelog|license|authors|contributing)[^/]*$/i;

const SETTINGS =
  /\.(ya?ml|json5?|toml|ini|cfg|conf|properties|xml|gradle|kts|props|targets|bzl|bazel|cmake|lock)$|(^|\/)(build|workspace|makefile|dockerfile|gemfile|cmakelists\.txt|go\.(mod|sum)|requirements[^/]*\.txt)$/i;

export function fileKind(path: string): FileKind {
  if (CI.test(path)) return 'ci';
  if (TESTS.test(path) || TESTS_BY_SUFFIX.test(path)) return 'tests';
  // A list of requirements ends in .txt and is no document.
  if (DOCS.test(path) && !/(^|\/)requirements[^/]*\.txt$/i.test(path)) return 'docs';
  return SETTINGS.test(path) ? 'settings' : 'code';
}
