import sys,time
from pathlib import Path
import tomllib
from autograder.judge.session import Bench
from autograder.submission import stage
b=Bench(7)
FULL=dict(q1=10,q2=15,q3=20,q4=30,q5=25)
for path in sys.argv[1:]:
    t=time.time(); r=b.judge(stage('x',Path(path))); dt=time.time()-t
    e=tomllib.loads((Path(path)/'expected.toml').read_text())
    text=r.reason+"\n"+"\n".join(p.message for x in r.results for p in x.parts)
    bad=[f'says {s}' for s in e['says'] if s not in text]
    if r.status!=e['status']: bad.append(f"status {r.status}")
    sc={q:r.question_score(q) for q in FULL}
    if r.status=='graded':
        for q,f in FULL.items():
            lo,hi=e.get('points',{}).get(q,[f,f])
            if not lo<=sc[q]<=hi: bad.append(f"{q} {sc[q]} not in {lo},{hi}")
    print('OK ' if not bad else 'BAD', path.split('/')[-1], r.status, r.reason, [int(s) if s==int(s) else s for s in sc.values()], f'{dt:.1f}s', list(r.sandbox), bad, {k:v for k,v in r.meters.items() if v>8}, flush=True)
    for x in r.results:
        for q in x.parts:
            if q.outcome!='passed': print('     ', getattr(q.check,'id',q.check), q.outcome, '::', q.message.replace('\n',' | ')[:400], q.hint and q.hint[0])
b.close()
