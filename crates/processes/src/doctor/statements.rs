//! Checks that are one statement each: the rows that break the rule, with what is found and what
//! should be.

/// What the figures of a check count.
pub enum Measure {
    Money,
    Quantity,
    Count,
}

/// One rule: its statement gives the id of each row that breaks it, then the two figures.
pub struct Check {
    pub code: &'static str,
    pub entity: &'static str,
    pub measure: Measure,
    pub statement: &'static str,
}

pub const STATEMENTS: &[Check] = &[
    Check {
        code: "doctor.entry_balance",
        entity: "journal_entry",
        measure: Measure::Money,
        statement: "\
select l.entry, cast(sum(l.debit) as bigint), cast(sum(l.credit) as bigint)
from journal_lines l where l.company = $1
group by l.entry having sum(l.debit) <> sum(l.credit)",
    },
    Check {
        code: "doctor.entry_open",
        entity: "journal_entry",
        measure: Measure::Count,
        statement: "\
select e.id, 0, 1 from journal_entries e
where e.company = $1 and (e.state <> 'posted' or e.number is null)",
    },
    Check {
        code: "doctor.entry_gap",
        entity: "journal",
        measure: Measure::Count,
        statement: "\
select e.journal, cast(count(*) as bigint), cast(max(e.number) as bigint)
from journal_entries e where e.company = $1 and e.number is not null
group by e.journal, e.fiscal_year having count(*) <> max(e.number)",
    },
    Check {
        code: "doctor.receivables",
        entity: "party",
        measure: Measure::Money,
        statement: "\
select x.party, cast(sum(x.booked) as bigint), cast(sum(x.owed) as bigint)
from (
  select l.party as party, l.debit - l.credit as booked, 0 as owed
  from journal_lines l join accounts a on a.company = l.company and a.id = l.account
  where l.company = $1 and a.number = '411000'
  union all
  select i.party, 0, case when i.kind = 'credit_note' then -i.open else i.open end
  from invoices i where i.company = $1 and i.state = 'posted'
  union all
  select p.party, 0, -p.unallocated from payments p where p.company = $1
) x
group by x.party having sum(x.booked) <> sum(x.owed)",
    },
    Check {
        code: "doctor.lettering",
        entity: "party",
        measure: Measure::Money,
        statement: "\
select l.party, cast(sum(l.debit) as bigint), cast(sum(l.credit) as bigint)
from journal_lines l where l.company = $1 and l.lettering is not null
group by l.account, l.party, l.lettering having sum(l.debit) <> sum(l.credit)",
    },
    Check {
        code: "doctor.settled",
        entity: "invoice",
        measure: Measure::Money,
        statement: "\
select x.invoice, cast(sum(x.settled) as bigint), cast(sum(x.allocated) as bigint)
from (
  select i.id as invoice, i.due - i.open as settled, 0 as allocated
  from invoices i where i.company = $1 and i.state = 'posted' and i.kind <> 'credit_note'
  union all
  select a.invoice, 0, a.amount
  from allocations a join invoices i on i.company = a.company and i.id = a.invoice
  where a.company = $1 and a.undone_at is null and i.kind <> 'credit_note'
) x
group by x.invoice having sum(x.settled) <> sum(x.allocated)",
    },
    Check {
        code: "doctor.attachment",
        entity: "attachment",
        measure: Measure::Count,
        statement: "\
select x.file, cast(sum(x.there) as bigint), cast(sum(x.due) as bigint)
from (
  select c.file as file, 1 as there, 0 as due from file_chunk c where c.company = $1
  union all
  select a.id, 0, a.parts from attachments a where a.company = $1
) x
group by x.file having sum(x.there) <> sum(x.due)",
    },
    Check {
        code: "doctor.invoice_sums",
        entity: "invoice",
        measure: Measure::Money,
        statement: "\
select i.id, i.total, i.net + i.tax_amount from invoices i
where i.company = $1
  and (i.total <> i.net + i.tax_amount or i.due <> i.total - i.prepaid
    or i.open < 0 or i.open > i.due)",
    },
    Check {
        code: "doctor.invoice_lines",
        entity: "invoice",
        measure: Measure::Money,
        statement: "\
select i.id, i.net, cast(coalesce(sum(l.net), 0) as bigint)
from invoices i left join invoice_lines l on l.company = i.company and l.invoice = i.id
where i.company = $1
group by i.id, i.net having i.net <> coalesce(sum(l.net), 0)",
    },
    Check {
        code: "doctor.unnumbered",
        entity: "invoice",
        measure: Measure::Count,
        statement: "\
select i.id, 0, 1 from invoices i
where i.company = $1 and (i.state = 'posted') <> (i.number is not null)",
    },
    Check {
        code: "doctor.overcredited",
        entity: "invoice",
        measure: Measure::Money,
        statement: "\
select i.id, cast(sum(c.total) as bigint), i.total
from invoices i join invoices c on c.company = i.company and c.preceding = i.id
where i.company = $1 and c.state = 'posted'
group by i.id, i.total having sum(c.total) > i.total",
    },
    Check {
        code: "doctor.line_overcredited",
        entity: "invoice_line",
        measure: Measure::Quantity,
        statement: "\
select l.id, cast(sum(c.quantity) as bigint), l.quantity
from invoice_lines l join invoice_lines c on c.company = l.company and c.credits = l.id
where l.company = $1
group by l.id, l.quantity having abs(sum(c.quantity)) > abs(l.quantity)",
    },
    Check {
        code: "doctor.overdeducted",
        entity: "invoice",
        measure: Measure::Money,
        statement: "\
select i.id, cast(sum(d.amount) as bigint), i.total
from invoices i join invoice_deductions d on d.company = i.company and d.deposit = i.id
where i.company = $1
group by i.id, i.total having sum(d.amount) > i.total",
    },
    Check {
        code: "doctor.order_lines",
        entity: "order",
        measure: Measure::Money,
        statement: "\
select o.id, o.net, cast(coalesce(sum(l.net), 0) as bigint)
from orders o left join order_lines l on l.company = o.company and l.\"order\" = o.id
where o.company = $1
group by o.id, o.net having o.net <> coalesce(sum(l.net), 0)",
    },
    Check {
        code: "doctor.overinvoiced",
        entity: "order_line",
        measure: Measure::Quantity,
        statement: "\
select l.id, l.invoiced,
  case when l.delivered > l.quantity then l.delivered else l.quantity end
from order_lines l
where l.company = $1 and l.invoiced > l.quantity and l.invoiced > l.delivered",
    },
    Check {
        code: "doctor.untold",
        entity: "invoice",
        measure: Measure::Count,
        statement: "\
select i.id, 0, 1 from invoices i
where i.company = $1 and i.state = 'posted' and not exists (
  select 1 from event e where e.company = i.company and e.entity = 'invoice'
    and e.record = i.id and e.name = 'invoice.posted')",
    },
    Check {
        code: "doctor.untold",
        entity: "order",
        measure: Measure::Count,
        statement: "\
select o.id, 0, 1 from orders o
where o.company = $1 and o.stage in ('confirmed', 'closed') and not exists (
  select 1 from event e where e.company = o.company and e.entity = 'order'
    and e.record = o.id and e.name = 'order.confirmed')",
    },
    Check {
        code: "doctor.untold",
        entity: "shipment",
        measure: Measure::Count,
        statement: "\
select s.id, 0, 1 from shipments s
where s.company = $1 and s.state in ('shipped', 'delivered') and not exists (
  select 1 from event e where e.company = s.company and e.entity = 'shipment'
    and e.record = s.id and e.name = 'shipment.shipped')",
    },
];
