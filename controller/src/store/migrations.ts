/** The schema, step by step. A step that has shipped is never changed; the next one is appended. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT INTO counters VALUES ('fence', 0), ('generation', 0);

  CREATE TABLE definitions (
    name TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    yaml TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (name, revision)
  ) STRICT;

  CREATE TABLE contents (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    changed_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE agent_tokens (
    hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER
  ) STRICT;

  CREATE TABLE agents (
    name TEXT PRIMARY KEY,
    enrolled_at_ms INTEGER NOT NULL,
    version TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    seen_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE drives (
    agent TEXT NOT NULL REFERENCES agents (name),
    drive_id TEXT NOT NULL,
    drive TEXT NOT NULL,
    present INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, drive_id)
  ) STRICT;

  CREATE TABLE builds (
    build_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    request_hash TEXT NOT NULL,
    media_name TEXT NOT NULL,
    media_revision INTEGER NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    manifest_bytes INTEGER NOT NULL,
    manifest_signature BLOB NOT NULL,
    image_sha256 TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (media_name, media_revision) REFERENCES definitions (name, revision)
  ) STRICT;

  CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    build_id TEXT NOT NULL REFERENCES builds (build_id),
    position INTEGER NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (name),
    drive_id TEXT NOT NULL,
    consent TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (build_id, agent, drive_id)
  ) STRICT;
  CREATE UNIQUE INDEX jobs_one_open_per_drive ON jobs (agent, drive_id)
    WHERE kind IN ('pending', 'assigned', 'running');

  CREATE TABLE attempts (
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    attempt INTEGER NOT NULL,
    fence INTEGER NOT NULL UNIQUE,
    stick_id TEXT NOT NULL UNIQUE,
    passport BLOB NOT NULL,
    passport_signature BLOB NOT NULL,
    assigned_at_ms INTEGER NOT NULL,
    lease_incarnation TEXT,
    PRIMARY KEY (job_id, attempt)
  ) STRICT;

  CREATE TABLE results (
    job_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    body_hash TEXT NOT NULL,
    outcome TEXT NOT NULL,
    evidence TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (job_id, attempt),
    FOREIGN KEY (job_id, attempt) REFERENCES attempts (job_id, attempt)
  ) STRICT;
  `,
  `
  CREATE TABLE build_log (
    build_id TEXT NOT NULL REFERENCES builds (build_id),
    number INTEGER NOT NULL CHECK (number >= 1),
    at_ms INTEGER NOT NULL,
    once_key TEXT,
    event TEXT NOT NULL,
    PRIMARY KEY (build_id, number),
    UNIQUE (build_id, once_key)
  ) STRICT;
  CREATE TRIGGER build_log_is_not_changed BEFORE UPDATE ON build_log
    BEGIN SELECT RAISE(ABORT, 'lines of the build log are never changed'); END;
  CREATE TRIGGER build_log_is_not_shortened BEFORE DELETE ON build_log
    BEGIN SELECT RAISE(ABORT, 'lines of the build log are never removed'); END;
  `,
  `
  CREATE TABLE task_sequences (
    name TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    yaml TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (name, revision)
  ) STRICT;
  `,
  `
  CREATE TABLE media_certificates (
    thumbprint TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    not_before_ms INTEGER NOT NULL,
    not_after_ms INTEGER NOT NULL,
    media_name TEXT NOT NULL,
    media_revision INTEGER NOT NULL,
    recorded_at_ms INTEGER NOT NULL,
    PRIMARY KEY (thumbprint, manifest_sha256)
  ) STRICT;
  `,
  `
  CREATE TABLE boots (
    media_name TEXT NOT NULL,
    media_revision INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    proof TEXT NOT NULL,
    console TEXT NOT NULL,
    screenshot BLOB,
    recorded_at_ms INTEGER NOT NULL,
    PRIMARY KEY (media_name, media_revision, number),
    FOREIGN KEY (media_name, media_revision) REFERENCES definitions (name, revision)
  ) STRICT;
  `,
  `
  CREATE TABLE distribution_points (
    name TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE distributions (
    point TEXT NOT NULL REFERENCES distribution_points (name) ON DELETE CASCADE,
    content TEXT NOT NULL REFERENCES contents (name),
    verified_at_ms INTEGER NOT NULL,
    PRIMARY KEY (point, content)
  ) STRICT;
  ALTER TABLE builds ADD COLUMN sources TEXT NOT NULL DEFAULT '{"points":["local"],"made":[]}';
  `,
  `
  CREATE TABLE wim_splits (
    sha256 TEXT NOT NULL,
    part_bytes INTEGER NOT NULL,
    parts TEXT NOT NULL,
    PRIMARY KEY (sha256, part_bytes)
  ) STRICT;
  `,
  // The defaults are what builds of an earlier version were made with.
  `
  ALTER TABLE builds ADD COLUMN policy TEXT NOT NULL
    DEFAULT '{"rewrite":"full","proof":"read-back","capacity":"none","acceptRepaired":false}';
  ALTER TABLE attempts ADD COLUMN policy TEXT NOT NULL
    DEFAULT '{"rewrite":"full","proof":"read-back","capacity":"none","acceptRepaired":false}';
  CREATE INDEX jobs_by_drive ON jobs (drive_id);
  `,
  `
  CREATE TABLE bay_labels (
    agent TEXT NOT NULL REFERENCES agents (name),
    bay TEXT NOT NULL,
    label TEXT NOT NULL CHECK (label <> ''),
    PRIMARY KEY (agent, bay),
    UNIQUE (agent, label)
  ) STRICT;
  `,
  `
  ALTER TABLE jobs ADD COLUMN consented_at_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE jobs SET consented_at_ms = (SELECT created_at_ms FROM builds WHERE builds.build_id = jobs.build_id);
  `,
  // Of jobs of an earlier version nobody knows.
  `
  ALTER TABLE jobs ADD COLUMN label TEXT;
  `,
];
