"use client";

import { type FormEvent, useCallback, useState } from "react";
import { useAuth } from "@/lib/auth";
import { moment } from "@/lib/format";
import { useLoaded, useTask } from "@/lib/hooks";
import { listOrders, type Order, placeOrder, type Whose } from "@/lib/orders";
import { Field, typed } from "./field";
import { Submit } from "./submit";
import { Done, Trouble } from "./trouble";

export function Orders() {
  const { user } = useAuth();
  const [whose, setWhose] = useState<Whose>("own");
  const orders = useLoaded(useCallback(() => listOrders(whose), [whose]));
  const placing = useTask();
  const [done, setDone] = useState<string | null>(null);

  const place = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setDone(null);
    void placing.run(async () => {
      const order = await placeOrder(typed(form, "item"), Number(typed(form, "quantity")));
      form.reset();
      setDone(`Ordered: ${order.quantity} × ${order.item}.`);
      await orders.reload();
    });
  };

  return (
    <>
      <div className="heading">
        <h1>Orders</h1>
        <button type="button" onClick={orders.reload}>
          Refresh
        </button>
      </div>
      <section className="card" aria-labelledby="new-order">
        <h2 id="new-order">New order</h2>
        <form method="post" className="row" onSubmit={place}>
          <Field label="Item" name="item" maxLength={100} autoComplete="off" placeholder="Coffee beans" />
          <Field label="Quantity" name="quantity" type="number" min={1} max={1000} defaultValue={1} />
          <Submit task={placing}>Place order</Submit>
        </form>
        <Trouble problem={placing.problem} />
        <Done>{done}</Done>
      </section>
      <section className="card" aria-labelledby="orders">
        <div className="heading">
          <h2 id="orders">{whose === "own" ? "Your orders" : "Everyone’s orders"}</h2>
          {user?.role === "ADMIN" && (
            <label className="switch">
              <input
                type="checkbox"
                checked={whose === "everyone"}
                onChange={(event) => setWhose(event.currentTarget.checked ? "everyone" : "own")}
              />
              Everyone’s
            </label>
          )}
        </div>
        <Trouble problem={orders.problem} />
        {orders.data && <OrderTable orders={orders.data} whose={whose} />}
      </section>
    </>
  );
}

function OrderTable({ orders, whose }: { orders: readonly Order[]; whose: Whose }) {
  if (orders.length === 0) return <p className="quiet">No orders yet.</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-labelledby="orders">
      <table>
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" className="number">
              Quantity
            </th>
            {whose === "everyone" && <th scope="col">Buyer</th>}
            <th scope="col">Placed</th>
          </tr>
        </thead>
        <tbody>
          {orders.map(({ id, item, quantity, buyer, placedAt }) => (
            <tr key={id}>
              <td>{item}</td>
              <td className="number">{quantity}</td>
              {whose === "everyone" && <td>{buyer}</td>}
              <td className="quiet">{moment(placedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
