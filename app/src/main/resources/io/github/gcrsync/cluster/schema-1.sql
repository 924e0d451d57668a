-- A role without the right to create schemas can use one that exists.
do $$ begin
  if to_regnamespace('gcrsync') is null then
    create schema gcrsync;
  end if;
end $$;

create table gcrsync.version (number int not null);

insert into gcrsync.version values (1);

-- As the README of db-scheduler defines it, with names in the order of their bytes: the tasks of a run are a range.
create table gcrsync.task (
  task_name text not null,
  task_instance text collate "C" not null,
  task_data bytea,
  execution_time timestamp with time zone not null,
  picked boolean not null,
  picked_by text,
  last_success timestamp with time zone,
  last_failure timestamp with time zone,
  consecutive_failures int,
  last_heartbeat timestamp with time zone,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);

create index on gcrsync.task (priority desc, execution_time asc);

create index on gcrsync.task (last_heartbeat);

-- Workers count each other every few seconds, however many tasks wait.
create index on gcrsync.task (picked_by, task_instance) where picked;

-- A run that is being dispatched: at most one of each mirror.
create table gcrsync.dispatch (
  mirror text primary key,
  run text not null unique,
  seen timestamp with time zone not null,
  stopping boolean not null default false
);

-- What became of the images of a task, until the run ends.
create table gcrsync.result (
  id bigserial primary key,
  mirror text not null,
  run text not null,
  worker text not null,
  content text not null
);

create index on gcrsync.result (run, id);

-- Who reads a blob at the source. With a repository, it has arrived there.
create table gcrsync.claim (
  mirror text not null,
  digest text not null,
  server text not null,
  worker text not null,
  holder text not null,
  repository text,
  primary key (mirror, digest, server)
);

create table gcrsync.worker (
  name text primary key,
  started timestamp with time zone not null,
  seen timestamp with time zone not null
);

-- The history of runs.
create table gcrsync.run (
  id text primary key,
  ended timestamp with time zone not null,
  fields text not null,
  report text not null
);
