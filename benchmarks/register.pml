/* The register of model/abstract/register.py for Spin, with the same states and steps.

   OPS operations, numbered; three servers. PUTS is how many of them are puts, and those come with numbers 0 to PUTS-1.
   BEFORE_0 is 1 + the operation that the client of operation 0 waits for, or 0; and so on. Tag 0 is the start; the tag of counter c >= 1
   and put p is 1 + (c-1)*PUTS + p. `chosen` and `reply` are 1 + a tag, or 0. Every option of the loop is one step. */

#define SERVERS 3
#define AT(o, s) ((o) * SERVERS + (s))
#define MAJORITY(a, o) (a[AT(o, 0)] + a[AT(o, 1)] + a[AT(o, 2)] >= 2)
#define COUNTER(t) ((t) == 0 -> 0 : ((t) - 1) / PUTS + 1)

byte holds[SERVERS];
bit begun[OPS];
bit asked[OPS * SERVERS];
byte reply[OPS * SERVERS];
bit heard[OPS * SERVERS];
byte best[OPS];
byte chosen[OPS];
bit stored[OPS * SERVERS];
bit acknowledged[OPS * SERVERS];
bit done[OPS];
byte floors[OPS];
hidden byte k;

#define BEGIN(o) \
  :: d_step { !begun[o] && (BEFORE_##o == 0 || done[BEFORE_##o - (BEFORE_##o > 0)]) -> \
       begun[o] = 1; k = 0; \
       do :: k < OPS -> if :: done[k] -> floors[o] = floors[o] | (1 << (chosen[k] - 1)) :: else fi; k++ \
          :: else -> break od; k = 0 }

#define ANSWER(o, s) \
  :: d_step { begun[o] && !chosen[o] && !asked[AT(o, s)] -> \
       asked[AT(o, s)] = 1; reply[AT(o, s)] = holds[s] + 1 }

#define HEAR(o, s) \
  :: d_step { reply[AT(o, s)] -> \
       heard[AT(o, s)] = 1; \
       if :: reply[AT(o, s)] - 1 > best[o] -> best[o] = reply[AT(o, s)] - 1 :: else fi; \
       reply[AT(o, s)] = 0 }

#define CHOOSE(o) \
  :: d_step { begun[o] && !chosen[o] && MAJORITY(heard, o) -> \
       if :: o < PUTS -> chosen[o] = 1 + 1 + COUNTER(best[o]) * PUTS + o :: else -> chosen[o] = 1 + best[o] fi; \
       assert((floors[o] >> (chosen[o] - (o < PUTS -> 1 : 0))) == 0); \
       best[o] = 0; k = 0; \
       do :: k < SERVERS -> asked[AT(o, k)] = 0; heard[AT(o, k)] = 0; reply[AT(o, k)] = 0; k++ \
          :: else -> break od; k = 0 }

#define STORE(o, s) \
  :: d_step { chosen[o] && !stored[AT(o, s)] -> \
       stored[AT(o, s)] = 1; \
       if :: chosen[o] - 1 > holds[s] -> holds[s] = chosen[o] - 1 :: else fi }

#define ACKNOWLEDGE(o, s) \
  :: d_step { stored[AT(o, s)] && !acknowledged[AT(o, s)] && !done[o] -> acknowledged[AT(o, s)] = 1 }

#define FINISH(o) \
  :: d_step { chosen[o] && !done[o] && MAJORITY(acknowledged, o) -> \
       done[o] = 1; k = 0; \
       do :: k < SERVERS -> acknowledged[AT(o, k)] = 0; k++ :: else -> break od; k = 0 }

#define EACH(STEP, o) STEP(o, 0) STEP(o, 1) STEP(o, 2)
#define OPERATION(o) BEGIN(o) EACH(ANSWER, o) EACH(HEAR, o) CHOOSE(o) EACH(STORE, o) EACH(ACKNOWLEDGE, o) FINISH(o)

active proctype all()
{
end:
  do
  OPERATION(0)
#if OPS > 1
  OPERATION(1)
#endif
#if OPS > 2
  OPERATION(2)
#endif
#if OPS > 3
  OPERATION(3)
#endif
  od
}
