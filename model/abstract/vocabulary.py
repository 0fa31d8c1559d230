"""The words of the abstract store: its sorts and relations, for one key.

What a place knows of the key is two growing sets of writes: those whose effect it has *seen*, and those of them that
are *gone*: replaced or deleted by somebody who had seen them. For each write a place stands at unseen < live < gone,
and two places merge by taking the higher of both, so merging is the union of both sets (`model.abstract.merge` says
the same of dotted version vectors). Places are a node's memory, its disk, its hints, the messages of a write, and what
a read has collected.

A delete is a write that is gone from the start: nothing of it is ever shown, but what it had seen is gone wherever the
delete is seen.
"""

from model.abstract.logic import Relation, Sort, Var

NODE = Sort("Node")
WRITE = Sort("Write")
READ = Sort("Read")
LIST = Sort("OwnerList")
READ_QUORUM = Sort("ReadQuorum")
WRITE_QUORUM = Sort("WriteQuorum")
SORTS = (NODE, WRITE, READ, LIST, READ_QUORUM, WRITE_QUORUM)

# What never changes

first = Relation("first", (LIST,), "{0} is the preference list at the start", rigid=True)
owner = Relation("owner", (LIST, NODE), "{1} is an owner in {0}", rigid=True)
reads_of = Relation("reads_of", (READ_QUORUM, LIST), "{0} is R owners of {1}", rigid=True)
writes_of = Relation("writes_of", (WRITE_QUORUM, LIST), "{0} is W owners of {1}", rigid=True)
in_read = Relation("in_read", (READ_QUORUM, NODE), "{1} is in {0}", rigid=True)
in_write = Relation("in_write", (WRITE_QUORUM, NODE), "{1} is in {0}", rigid=True)
delete = Relation("delete", (WRITE,), "{0} is a delete", rigid=True)
RIGID = (first, owner, reads_of, writes_of, in_read, in_write, delete)

# What nodes hold

has = Relation("has", (NODE, WRITE), "{0} has seen {1}, in memory")
gone = Relation("gone", (NODE, WRITE), "{0} knows in memory that {1} is gone")
dur = Relation("dur", (NODE, WRITE), "{0} has seen {1}, on disk")
dgone = Relation("dgone", (NODE, WRITE), "{0} knows on disk that {1} is gone")
hint = Relation("hint", (NODE, WRITE), "{0} keeps {1} in a hint")
hgone = Relation("hgone", (NODE, WRITE), "the hints of {0} say that {1} is gone")
HELD = (has, gone, dur, dgone, hint, hgone)

# Writes

started = Relation("started", (WRITE,), "{0} has been asked for")
coord = Relation("coord", (WRITE, NODE), "{1} coordinates {0}")
home = Relation("home", (WRITE,), "an owner coordinates {0}")
alive = Relation("alive", (WRITE,), "the coordinator of {0} has not crashed or given up since")
sent = Relation("sent", (WRITE, WRITE), "the messages of {0} carry {1}")
sgone = Relation("sgone", (WRITE, WRITE), "the messages of {0} say that {1} is gone")
out = Relation("out", (WRITE,), "the messages of {0} have left")
expired = Relation("expired", (WRITE,), "no message of {0} is under way any more")
needs = Relation("needs", (WRITE, LIST), "{0} needs W acknowledgements of {1}")
promised = Relation("promised", (NODE, WRITE), "{0} has acknowledged {1}")
acked = Relation("acked", (WRITE,), "{0} has been answered ok")
sloppy = Relation("sloppy", (WRITE,), "{0} has been answered ok under a sloppy quorum")
over = Relation("over", (WRITE,), "{0} has been replaced or deleted by somebody who had seen it")
WRITES = (started, coord, home, alive, sent, sgone, out, expired, needs, promised, acked, sloppy, over)

# Reads

begun = Relation("begun", (READ,), "{0} has been asked for")
reader = Relation("reader", (READ, NODE), "{1} coordinates {0}")
asks = Relation("asks", (READ, LIST), "{0} needs R replies of {1}")
must = Relation("must", (READ, WRITE), "{1} had been answered ok when {0} was asked for")
resp = Relation("resp", (READ, NODE), "{1} has replied to {0}")
got = Relation("got", (READ, WRITE), "{0} has seen {1}")
ggone = Relation("ggone", (READ, WRITE), "{0} knows that {1} is gone")
done = Relation("done", (READ,), "{0} has been answered")
live_read = Relation("live_read", (READ,), "the coordinator of {0} may still repair")
READS = (begun, reader, asks, must, resp, got, ggone, done, live_read)

# Lost disks

rec = Relation("rec", (NODE,), "{0} has lost its disk and is recovering")
conf = Relation("conf", (NODE, NODE), "{1} has confirmed that the recovering {0} has all that {1} has")
before = Relation("before", (WRITE,), "{0} had been answered ok when a disk was last lost")
lost = Relation("lost", (), "a disk has been lost")
DISKS = (rec, conf, before, lost)

# The change of the preference list

cur = Relation("cur", (LIST,), "{0} is the list in force")
nxt = Relation("nxt", (LIST,), "{0} is the list to come")
used = Relation("used", (LIST,), "{0} is or was in force, or is to come")
member = Relation("member", (NODE,), "{0} is an owner in a list in force or to come")
prep = Relation("prep", (), "the change is prepared: writes need both lists")
flip = Relation("flip", (), "the change is flipped: reads ask the list to come")
fin = Relation("fin", (), "the change is closing: writes need only the list to come")
kprep = Relation("kprep", (NODE,), "{0} knows that the change is prepared")
kflip = Relation("kflip", (NODE,), "{0} knows that the change is flipped")
kfin = Relation("kfin", (NODE,), "{0} knows that the change is closing")
tr = Relation("tr", (NODE, NODE), "{1} has transferred all that it has to {0}")
ver = Relation("ver", (NODE,), "the transfer to {0} is verified")
vouch = Relation("vouch", (NODE, WRITE), "the verified transfer brought {1} to {0}")
RING = (cur, nxt, used, member, prep, flip, fin, kprep, kflip, kfin, tr, ver, vouch)

# Reaping

ballot = Relation("ballot", (), "a vote on reaping is open")
inb = Relation("inb", (WRITE,), "{0} is in the state that is voted on")
yes = Relation("yes", (NODE,), "{0} has voted for reaping")
blocked = Relation("blocked", (NODE,), "{0} has dropped a hint or restarted since the vote was called")
reaped = Relation("reaped", (WRITE,), "every member has agreed to forget {0}")
REAPING = (ballot, inb, yes, blocked, reaped)

RELATIONS = (*RIGID, *HELD, *WRITES, *READS, *DISKS, *RING, *REAPING)

# Variables. Actions take theirs from the first of each line; updates and quantifiers range over the others.

n, m, s, c, h, i = (Var(name, NODE) for name in "nmschi")
w, v, x, y = (Var(name, WRITE) for name in "wvxy")
r, t = (Var(name, READ) for name in "rt")
k, l, j = (Var(name, LIST) for name in "klj")  # noqa: E741 (a list is called l in every text on them)
p, p2 = (Var(name, READ_QUORUM) for name in ("p", "p2"))
q, q2 = (Var(name, WRITE_QUORUM) for name in ("q", "q2"))
