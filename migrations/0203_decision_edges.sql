-- Days on which a decision point at the edge followed the register: what it let through is counted nowhere here, so nothing may be called unused.
create table decision_edge (
  day date not null,
  caller text not null,
  primary key (day, caller)
);
