-- Health looks whether the database has the schema that the program knows.
grant usage on schema public to saasflows_engine;
grant select on public.schema_migrations to saasflows_engine;
