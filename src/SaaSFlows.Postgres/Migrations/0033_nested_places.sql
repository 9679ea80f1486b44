-- Sub-workflows that wait for a place while the executions that wait for them hold places: two such could wait for each other for ever.

-- The workflows in whose lines those that wait for this execution hold places; null for none.
alter table engine.line add column under uuid[];
create index line_under on engine.line (tenant_id) where under is not null and not running;
