-- A statement of its own in the same transaction: it also sees a fact that came in while the append waited for the execution's row.
delete from engine.inbox i using engine.executions e where i.execution_id = any ($1::uuid[]) and e.id = i.execution_id and e.status >= 4
