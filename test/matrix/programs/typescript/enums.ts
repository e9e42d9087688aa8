enum Level {
  Low,
  High = 10,
  Higher,
  Name = 'name',
  Computed = 'abc'.length,
}

const enum Inlined {
  One = 1,
  Two = One << 1,
}

declare enum Ambient {
  X,
}

namespace Geometry {
  export interface Point {
    x: number;
    y: number;
  }
  export const origin: Point = { x: 0, y: 0 };
  export namespace Distance {
    export function between(a: Point, b: Point): number {
      return Math.hypot(a.x - b.x, a.y - b.y);
    }
  }
  export enum Axis {
    X,
    Y,
  }
}

namespace Geometry {
  export const unit: Point = { x: 1, y: 1 };
}

import Between = Geometry.Distance;

console.log(Level.Low, Level.Higher, Level[10], Level.Name, Level.Computed, Level[3]);
console.log(Inlined.Two, Object.entries(Level).length, Geometry.Axis[1]);
console.log(Between.between(Geometry.origin, { x: 3, y: 4 }), Geometry.unit);
const level: Level = Level.High;
switch (level) {
  case Level.High:
    console.log('high');
    break;
  default:
    console.log('other');
}
