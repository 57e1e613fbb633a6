import type { PlacedPod, PlacedSpec } from './placed-pod.ts';
import type { Site } from './site.ts';

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const everyAddress = '0.0.0.0';

/**
 * Ports of the node that a pod takes: of its containers and sidecars (GetHostPorts in pkg/scheduler/util). In the host's
 * network every port is one of the node; a template need not say so, its pods do (SetDefaults_HostNetworkPorts).
 */
export function hostPortsOf({ containers, initContainers, hostNetwork }: PlacedSpec): HostPort[] {
  const lasting = [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  return lasting.flatMap(({ ports }) =>
    ports.flatMap(({ containerPort, hostPort, hostIP, protocol }) => {
      const port = hostPort || (hostNetwork === true ? containerPort : 0);
      return port > 0 ? [{ ip: hostIP || everyAddress, protocol: protocol || 'TCP', port }] : [];
    }),
  );
}

/** A pod on the node that has one of the ports already (HostPortInfo.CheckConflict). */
export function holderOf(wanted: readonly HostPort[], site: Site): PlacedPod | undefined {
  return site.pods.find(({ spec }) =>
    hostPortsOf(spec).some((taken) => wanted.some((each) => conflict(taken, each))),
  );
}

const conflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port &&
  a.protocol === b.protocol &&
  (a.ip === b.ip || a.ip === everyAddress || b.ip === everyAddress);
