//! Files attached to records, on both databases.

use kernel::{Actor, Fault, Id, Origin};
use processes::attachments::{self, Attachment, FileKind, MANY, MOST};
use processes::{catalog, doctor};

use crate::shop::{Shop, tell};

fn bytes(size: usize) -> Vec<u8> {
    b"%PDF-1.7\n".iter().copied().chain((0u8..251).cycle()).take(size).collect()
}

fn about(shop: &Shop) -> Origin {
    Origin::of(shop.customer)
}

fn add(shop: &Shop, size: usize) -> Result<Id<Attachment>, kernel::Faults> {
    let (about, bytes) = (about(shop), bytes(size));
    shop.run(move |tx| {
        let actor = tx.actor().clone();
        attachments::add(tx, catalog(), &actor, about, ("Plan.pdf", &bytes))
    })
}

fn fetched(shop: &Shop, id: Id<Attachment>) -> Result<Vec<u8>, kernel::Faults> {
    shop.run(move |tx| {
        let actor: Actor = tx.actor().clone();
        let (file, bytes) = attachments::fetch(tx, catalog(), &actor, id)?;
        assert_eq!(file.kind, FileKind::Pdf);
        Ok(bytes)
    })
}

#[test]
fn a_file_of_any_size_comes_back_byte_for_byte() {
    tell(|shop| {
        // 16 bytes are as long as an id; the others lie around the size of a part.
        for size in [9, 16, 1_048_575, 1_048_576, 1_048_577, MOST] {
            let id = add(shop, size).expect("attached");
            assert!(fetched(shop, id).expect("there") == bytes(size), "{size} bytes");
        }
        assert_eq!(shop.read(doctor::findings), []);
        let large = add(shop, MOST + 1).expect_err("one byte too many");
        assert_eq!(large.codes(), ["attachment.large"]);
    });
}

#[test]
fn what_is_refused_or_removed_leaves_no_byte_behind() {
    tell(|shop| {
        let (about, given) = (about(shop), bytes(2_000_000));
        let refused = shop.run(move |tx| {
            let actor = tx.actor().clone();
            let id = attachments::add(tx, catalog(), &actor, about, ("Plan.pdf", &given))?;
            assert!(tx.chunk(id.raw(), 1)?.is_some());
            Err::<(), _>(Fault::new("not_found").into())
        });
        assert_eq!(refused.expect_err("refused").codes(), ["not_found"]);
        assert_eq!(shop.read(doctor::findings), []);
        let id = add(shop, 2_000_000).expect("attached");
        shop.run(move |tx| {
            let actor = tx.actor().clone();
            attachments::remove(tx, catalog(), &actor, id)
        })
        .expect("removed");
        assert_eq!(shop.read(|tx| Ok(tx.chunk(id.raw(), 0)?)), None);
        assert_eq!(fetched(shop, id).expect_err("gone").codes(), ["not_found"]);
        assert_eq!(shop.read(doctor::findings), []);
    });
}

#[test]
fn a_record_has_so_many_files_and_no_more() {
    tell(|shop| {
        for _ in 0..MANY {
            add(shop, 10).expect("attached");
        }
        assert_eq!(add(shop, 10).expect_err("one too many").codes(), ["attachment.many"]);
    });
}
