// TensorFlow Lite's integer arithmetic with double rounding, from the definitions of
// tensorflow/lite/kernels/internal/quantization_util.cc and common.h and of gemmlowp's fixedpoint.h.
// Products of 32-bit numbers are BigInts: nothing here overflows or rounds unless it says so.

const MAX = 2 ** 31 - 1;
const MIN = -(2 ** 31);

const saturated = (x) => Math.min(Math.max(x, MIN), MAX);

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

/** To the nearest integer, halves away from zero (C's round). */
export const round = (x) => (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5));

/** a * b / 2^31 to the nearest integer (SaturatingRoundingDoublingHighMul). */
export function doublingHighMultiply(a, b) {
  if (a === MIN && b === MIN) return MAX;
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n)); // BigInt division truncates, as C's does
}

/** x / 2^exponent to the nearest integer, halves away from zero (RoundingDivideByPOT). */
export function roundingDivide(x, exponent) {
  const divisor = 2 ** exponent;
  const quotient = Math.floor(x / divisor);
  const remainder = x - quotient * divisor;
  const threshold = Math.floor((divisor - 1) / 2) + (x < 0 ? 1 : 0);
  return quotient + (remainder > threshold ? 1 : 0);
}

/** A factor as multiplier / 2^31 * 2^shift with the multiplier in [2^30, 2^31) (QuantizeMultiplier). */
export function quantizeMultiplier(factor) {
  if (factor === 0) return { multiplier: 0, shift: 0 };
  let shift = 0;
  let fraction = factor;
  for (; fraction >= 1; ++shift) fraction /= 2;
  for (; fraction < 0.5; --shift) fraction *= 2;
  let multiplier = round(fraction * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    ++shift;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** x by such a factor, rounded twice (MultiplyByQuantizedMultiplier). */
export function multiply(x, { multiplier, shift }) {
  const shifted = x * 2 ** Math.max(shift, 0);
  if (shifted !== saturated(shifted)) throw new Error('a left shift overflows: the reference leaves that open');
  return roundingDivide(doublingHighMultiply(shifted, multiplier), Math.max(-shift, 0));
}

/** The largest input difference that is still worth computing with (CalculateInputRadius). */
export function inputRadius(integerBits, shift) {
  return Math.floor(((2 ** integerBits - 1) * 2 ** (31 - integerBits)) / 2 ** shift);
}

/** exp(x) in Q0.31 for x in [-1/4, 0), Q0.31. */
function expOfLastQuarter(x) {
  const constant = 1895147668; // exp(-1/8)
  const third = 715827883;
  const y = x + 2 ** 28;
  const y2 = doublingHighMultiply(y, y);
  const y3 = doublingHighMultiply(y2, y);
  const y4 = doublingHighMultiply(y2, y2);
  const tail = roundingDivide(doublingHighMultiply(roundingDivide(y4, 2) + y3, third) + y2, 1);
  return constant + doublingHighMultiply(constant, y + tail);
}

/** exp(x) in Q0.31 for x <= 0 with `integerBits` integer bits (exp_on_negative_values). */
export function exponential(x, integerBits) {
  if (x === 0) return MAX;
  const fractionBits = 31 - integerBits;
  const quarter = 2 ** (fractionBits - 2);
  const inLastQuarter = (((x % quarter) + quarter) % quarter) - quarter;
  let result = expOfLastQuarter(saturated(inLastQuarter * 2 ** integerBits));
  const remainder = inLastQuarter - x; // a multiple of 1/4
  const factors = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242]; // exp(-2^i) from i = -2
  factors.slice(0, integerBits + 2).forEach((factor, i) => {
    const bit = Math.floor(remainder / 2 ** (fractionBits - 2 + i)) % 2;
    if (bit === 1) result = doublingHighMultiply(result, factor);
  });
  return result;
}

/** 1 / (1 + x) in Q0.31 for x in [0, 1), Q0.31: three Newton-Raphson steps. */
function oneOverOnePlus(x) {
  const halfDenominator = Math.floor((x + MAX + 1) / 2);
  let y = 1515870810 + doublingHighMultiply(halfDenominator, -1010580540); // 48/17 - 32/17 d, Q2.29
  for (let step = 0; step < 3; ++step) {
    const error = 2 ** 29 - doublingHighMultiply(halfDenominator, y);
    y += saturated(doublingHighMultiply(y, error) * 4);
  }
  return saturated(y * 2);
}

/** 1 / (1 + exp(-x)) in Q0.31 for x in Q4.27. */
export function logistic(x) {
  if (x === 0) return 2 ** 30;
  const positive = oneOverOnePlus(exponential(-Math.abs(x), 4));
  return x > 0 ? positive : MAX - positive;
}

/** 1 / x for x > 0 with `integerBits` integer bits: reciprocal / 2^31 / 2^bitsOverUnit (GetReciprocal). */
export function reciprocal(x, integerBits) {
  const headroom = Math.clz32(x);
  return { reciprocal: oneOverOnePlus(x * 2 ** headroom - 2 ** 31), bitsOverUnit: integerBits - headroom };
}

/** ln(x) in Q5.26 for x >= 1 in Q12.19 (log_x_for_x_greater_than_or_equal_to_1). */
export function logarithm(x) {
  const sqrtHalf = 1518500250;
  const fourthRootOfHalf = 1805811301;
  const unit = 2 ** 25; // of powers, in Q6.25
  const quarter = unit / 4;
  // Once as it is, once multiplied by the root of 1/2: of both, the smaller mantissa and the larger power are taken.
  const leadA = Math.clz32(x);
  const mantissaA = saturated(doublingHighMultiply(x * 2 ** (leadA - 1), sqrtHalf) * 2);
  const powerA = saturated((12 - leadA) * unit + quarter);
  const headroomB = Math.clz32(doublingHighMultiply(x, sqrtHalf)) - 1;
  const mantissaB = saturated(x * 2 ** headroomB);
  const powerB = saturated((12 - headroomB) * unit - quarter);
  const r = Math.min(mantissaA, mantissaB);
  const power = Math.max(powerA, powerB);

  const p = Math.floor((r + fourthRootOfHalf + 1) / 2);
  const q = 2 * (r - fourthRootOfHalf);
  const square = doublingHighMultiply(q, q);
  const cube = doublingHighMultiply(q, square);
  const numerator = doublingHighMultiply(q, r) + doublingHighMultiply(cube, 117049297);
  const inner = 1057819769 + q + doublingHighMultiply(127690142, square);
  const denominatorMinusOne = doublingHighMultiply(p, inner) + doublingHighMultiply(638450708, q);
  const fraction = doublingHighMultiply(roundingDivide(numerator, 6), oneOverOnePlus(denominatorMinusOne));
  return saturated((doublingHighMultiply(power, 1488522236) + fraction) * 2); // times ln 2
}
