-- A company is at work (real), being filled, or a demonstration.
alter table tenant add column kind text not null default 'real';
