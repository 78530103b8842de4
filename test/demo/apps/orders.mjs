/**
 * An order as all three apps see it: the same number has the same trace id everywhere.
 * @typedef {{ number: number, traceId: string, customer: string, items: number, cents: number }} Order
 */

const customers = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald'];

/** @param {number} count */
export function* orders(count) {
  for (let number = 1; number <= count; number++) yield makeOrder(number);
}

/** @param {number} number @returns {Order} */
function makeOrder(number) {
  return {
    number,
    traceId: `order-${String(number).padStart(4, '0')}`,
    customer: customers[number % customers.length] ?? '',
    items: 1 + (number % 4),
    cents: 990 + ((number * 379) % 9000),
  };
}
