"""The earlier system's way of judging a command, rebuilt to be measured: regular expressions and `in` tests on the text.

Reads numbers of seconds from standard input, one a line; evaluates for that long, and prints evaluations per second
of processor time.
"""
import logging
import re
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

FORBIDDEN = [
    re.compile(r"\bdelete\s+(namespace|ns|node|pv|pvc)\b", re.IGNORECASE),
    re.compile(r"\bscale\b.*--replicas=0\b", re.IGNORECASE),
    re.compile(r"\bdelete\b.*--all\b", re.IGNORECASE),
    re.compile(r"\b(drain|exec|apply|replace|edit)\b", re.IGNORECASE),
]
REPLICAS = re.compile(r"--replicas[= ](\d+)")
NAMESPACE = re.compile(r"(?:-n|--namespace)[= ]([a-z0-9-]+)")
PRODUCTION = ("production", "prod")

log = logging.getLogger("evaluate")
log.setLevel(logging.WARNING)


@dataclass(frozen=True)
class Spec:
    id: str
    created_at: str
    command: str
    target_state: dict
    risk_score: int
    tier: str
    constraints: tuple
    rollback_plan: str
    dry_run_required: bool
    blocked_reason: str | None
    namespace: str


def namespace_of(command):
    found = NAMESPACE.search(command)
    return found.group(1) if found else "default"


def score_of(command, namespace):
    score = 5
    if "rollout undo" in command:
        score += 20
    if "set image" in command:
        score += 25
    if "scale" in command:
        score += 10
    if "delete" in command:
        score += 30
    if "cordon" in command:
        score += 35
    if "statefulset" in command:
        score += 15
    if namespace in PRODUCTION:
        score += 20
    return min(score, 99)


def tier_of(score):
    if score <= 10:
        return "auto"
    if score <= 50:
        return "human"
    return "dual" if score < 100 else "blocked"


def constraints_of(command, score, namespace):
    constraints = []
    if namespace not in PRODUCTION:
        constraints.append(f"namespace != production (is {namespace})")
    replicas = REPLICAS.search(command)
    if replicas is not None:
        number = int(replicas.group(1))
        if number == 0:
            constraints.append("scale to zero")
        else:
            constraints.append(f"min_replicas >= {max(1, number - 1)}")
    if score >= 40:
        constraints.append("snapshot required")
    if "rollout undo" in command:
        constraints.append("previous revision must exist")
    return tuple(constraints)


def rollback_of(command, namespace):
    name = command.split("/")[-1].split(" ")[0]
    if "rollout restart" in command or "set image" in command:
        return f"kubectl rollout undo deployment/{name} -n {namespace}"
    if "scale" in command:
        return f"kubectl scale deployment/{name} --replicas=1 -n {namespace}"
    if "uncordon" in command:
        return f"kubectl cordon {name}"
    if "cordon" in command:
        return f"kubectl uncordon {name}"
    return "manual"


def target_state_of(command):
    replicas = REPLICAS.search(command)
    if replicas is not None:
        return {"replicas": int(replicas.group(1))}
    if "restart" in command:
        return {"restarted": True, "all_pods_ready": True}
    if "undo" in command:
        return {"revision": "previous"}
    if "set image" in command:
        return {"image": command.split("=")[-1].split(" ")[0]}
    return {"applied": True}


def evaluate(command):
    blocked = None
    for pattern in FORBIDDEN:
        if pattern.search(command):
            blocked = f"forbidden: {pattern.pattern}"
            break
    namespace = namespace_of(command)
    score = 100 if blocked else score_of(command, namespace)
    spec = Spec(
        id=str(uuid.uuid4()),
        created_at=datetime.now(timezone.utc).isoformat(),
        command=command,
        target_state=target_state_of(command),
        risk_score=score,
        tier=tier_of(score),
        constraints=constraints_of(command, score, namespace),
        rollback_plan=rollback_of(command, namespace),
        dry_run_required=score > 10,
        blocked_reason=blocked,
        namespace=namespace,
    )
    log.debug("evaluated %s", spec)
    return spec


COMMANDS = [line.rstrip("\n") for line in open(sys.argv[1], encoding="utf-8")]


def burst(seconds):
    done = 0
    start = time.process_time()
    end = time.perf_counter() + seconds
    while True:
        for _ in range(20):
            for command in COMMANDS:
                evaluate(command)
        done += 20 * len(COMMANDS)
        if time.perf_counter() >= end:
            return done / (time.process_time() - start)


for line in sys.stdin:
    print(burst(float(line)), flush=True)
