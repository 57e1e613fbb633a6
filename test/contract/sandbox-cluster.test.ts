import { describeClusterContract } from './cluster.ts';
import { simulatedWorld } from './simulated-world.ts';

describeClusterContract('the Kubernetes adapter on the simulated API server', simulatedWorld);
