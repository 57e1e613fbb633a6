const pods = `
      serviceAccountName: web
      containers:
        - name: app
          image: web:1
          env: [{ name: MODE, value: fast }]
          securityContext: { privileged: true }
        - name: guarded
          image: web:1
          securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false }
      volumes: [{ name: data, emptyDir: {} }, { name: socket, hostPath: { path: /var/run/plugin } }]`;
const template = `
  template:
    metadata: { labels: { app: web } }
    spec:${pods}`;
/** One object of every kind that Firebreak writes, with rights that it must not change. */
export const guardedObjects = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }${template}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web }
spec:
  replicas: 1
  serviceName: web
  selector: { matchLabels: { app: web } }${template}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }${template}
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: app, image: "web:1" }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: web }
spec:
  schedule: 0 3 * * *
  suspend: true
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: app, image: "web:1" }] } } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: web }
spec: { suspend: true, template: { spec: { restartPolicy: Never, containers: [{ name: app, image: "web:1" }] } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 1
  maxReplicas: 3
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }
    - { type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: 80 } } }
`;
