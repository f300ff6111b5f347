-- A look at the state counts the injected messages: without this it reads the whole audit each time.
create index audit_injected on faultline.audit (position) where injected;
