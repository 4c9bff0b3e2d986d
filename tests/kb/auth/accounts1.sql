CREATE TABLE account_meta ("key" VARCHAR(64) NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE accounts (id VARCHAR(64) NOT NULL PRIMARY KEY, folded TEXT NOT NULL UNIQUE, name TEXT NOT NULL, subject VARCHAR(64) UNIQUE,
  role VARCHAR(16) NOT NULL, "groups" TEXT, password TEXT NOT NULL, created DATETIME NOT NULL, since DATETIME NOT NULL, disabled BOOLEAN NOT NULL);
CREATE TABLE sessions (token VARCHAR(64) NOT NULL PRIMARY KEY, person VARCHAR(64) NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  begun DATETIME NOT NULL, until DATETIME NOT NULL, since DATETIME NOT NULL);
CREATE INDEX ix_sessions_person ON sessions (person);
CREATE TABLE sign_in_limits (machine VARCHAR(255) NOT NULL, "key" VARCHAR(64) NOT NULL, empty FLOAT NOT NULL, PRIMARY KEY (machine, "key"));
INSERT INTO account_meta VALUES ('schema', '1'), ('in_use', '1');
INSERT INTO accounts VALUES
  ('p-asha0000000000000000', 'asha', 'Asha', NULL, 'admin', NULL, '', '2025-01-02 03:04:05', '2025-01-02 03:04:05', 0),
  ('p-mina0000000000000000', 'mina@example.org', 'mina@example.org', 'oidc-00000001', 'editor', '["ports"]', '', '2025-02-03 04:05:06', '2025-02-03 04:05:06', 1);
INSERT INTO sessions VALUES
  ('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'p-asha0000000000000000', '2025-03-01 00:00:00', '2099-03-01 12:00:00', '2025-01-02 03:04:05');
INSERT INTO sign_in_limits VALUES ('machine', 'key', 1000000000.5);
