// What do artifacts answer?
import { createHash } from 'node:crypto';
import { Refusal } from '../auth.js';
import { storeAddress } from '../model/artifacts.js';
import { type Artifact, fullName, isoDate, nodeId, type Repository, type World } from '../model/world.js';
import {
  type Handlers,
  notFound,
  ok,
  paginate,
  type RestAnswer,
  type RestRequest,
  requireRepository,
} from './request.js';

export const actionsRoutes: Handlers = {
  'actions/list-artifacts-for-repo': (request) =>
    listArtifacts(request, requireRepository(request, 'actions'), () => true),
  'actions/list-workflow-run-artifacts': (request) =>
    listArtifacts(
      request,
      requireRepository(request, 'actions'),
      ({ run }) => run.id === Number(request.params.run_id),
    ),
  'actions/download-artifact': (request) => {
    const { world, params } = request;
    const repository = requireRepository(request, 'actions');
    const artifact = repository.artifacts.find(({ id }) => id === Number(params.artifact_id));
    if (artifact === undefined || params.archive_format !== 'zip') throw notFound();
    if (artifact.expired) throw new Refusal(410, 'Artifact has expired');
    return { status: 302, headers: { location: storeAddress(world, artifact) } };
  },
};

/** Newest first. */
function listArtifacts(
  request: RestRequest,
  repository: Repository,
  isWanted: (artifact: Artifact) => boolean,
): RestAnswer {
  const name = request.query.get('name');
  const artifacts = repository.artifacts
    .filter((artifact) => isWanted(artifact) && (name === null || artifact.name === name))
    .toReversed();
  const { page, headers } = paginate(request, artifacts);
  const shaped = page.map((artifact) => shapeArtifact(request.world, repository, artifact));
  return ok({ total_count: artifacts.length, artifacts: shaped }, headers);
}

const KEPT_MS = 90 * 86_400_000;

function shapeArtifact(world: World, repository: Repository, artifact: Artifact) {
  const { id, name, content, size, run, expired, createdAt } = artifact;
  const url = `${world.url}/repos/${fullName(repository)}/actions/artifacts/${id}`;
  return {
    id,
    node_id: nodeId('A', id),
    name,
    size_in_bytes: size,
    url,
    archive_download_url: `${url}/zip`,
    expired,
    created_at: isoDate(createdAt),
    updated_at: isoDate(createdAt),
    expires_at: isoDate(new Date(createdAt.getTime() + KEPT_MS)),
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: run.headRepositoryId,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
