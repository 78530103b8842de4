/**
 * An order as a customer's browser sends it.
 * @typedef {{ number: number, customer: string, items: number, cents: number }} Order
 */

const customers = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald'];

/** @param {number} number @returns {Order} */
export function makeOrder(number) {
  return {
    number,
    customer: customers[number % customers.length] ?? '',
    items: 1 + (number % 4),
    cents: 990 + ((number * 379) % 9000),
  };
}

/** The trace id that the browser gives an order. @param {number} number */
export const traceIdOf = (number) => `order-${String(number).padStart(4, '0')}`;
