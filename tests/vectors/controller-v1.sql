-- SPDX-License-Identifier: Apache-2.0
-- The tables as the first version of the program made them.
CREATE TABLE recording (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  category TEXT,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  n_samples INTEGER NOT NULL,
  pre_skip INTEGER NOT NULL,
  loudness_lufs REAL NOT NULL,
  true_peak_dbtp REAL NOT NULL,
  original_name TEXT,
  original_sha256 TEXT,
  is_confidential INTEGER NOT NULL,
  imported_us INTEGER NOT NULL
) STRICT;
CREATE TABLE broadcast (
  id TEXT PRIMARY KEY,
  json TEXT NOT NULL,
  since_us INTEGER NOT NULL
) STRICT;
CREATE TABLE one_off (
  airing TEXT PRIMARY KEY,
  recording TEXT NOT NULL REFERENCES recording (id),
  title TEXT NOT NULL,
  groups TEXT,
  class TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX one_off_start ON one_off (start_us);
CREATE TABLE stop (
  airing TEXT PRIMARY KEY,
  start_us INTEGER NOT NULL,
  stop_us INTEGER NOT NULL
) STRICT;
CREATE INDEX stop_start ON stop (start_us);
CREATE TABLE planned (
  grp TEXT NOT NULL,
  airing TEXT NOT NULL,
  broadcast TEXT NOT NULL,
  title TEXT NOT NULL,
  class TEXT NOT NULL,
  ord INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  stop_us INTEGER NOT NULL,
  resume TEXT NOT NULL,
  grace_us INTEGER NOT NULL,
  is_live INTEGER NOT NULL,
  n_samples INTEGER NOT NULL,
  pre_skip INTEGER NOT NULL,
  sha256 TEXT,
  size_bytes INTEGER NOT NULL,
  exception TEXT,
  withdrawn_us INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (grp, airing)
) STRICT;
CREATE INDEX planned_start ON planned (start_us);
CREATE INDEX planned_group_start ON planned (grp, start_us);
CREATE TABLE plan_serial (
  grp TEXT PRIMARY KEY,
  serial INTEGER NOT NULL
) STRICT;
CREATE TABLE node (
  id TEXT PRIMARY KEY,
  grp TEXT NOT NULL,
  public_hex TEXT NOT NULL,
  added_us INTEGER NOT NULL,
  revoked_us INTEGER NOT NULL DEFAULT 0,
  last_seen_us INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  node TEXT REFERENCES node (id),
  epoch TEXT,
  seq INTEGER,
  kind TEXT NOT NULL,
  grp TEXT,
  airing TEXT,
  at_us INTEGER NOT NULL,
  received_us INTEGER NOT NULL,
  is_superseded INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (node, epoch, seq)
) STRICT;
CREATE UNIQUE INDEX ledger_first_outcome ON ledger (node, airing) WHERE kind = 'outcome' AND is_superseded = 0;
CREATE INDEX ledger_time ON ledger (at_us);
CREATE TABLE acked (
  node TEXT NOT NULL REFERENCES node (id),
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (node, epoch)
) STRICT;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_us INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
