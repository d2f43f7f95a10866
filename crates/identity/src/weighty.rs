//! The acts that ask again who one is, when the last proof is older than a quarter of an hour.

/// What asks again: posting, paying, taking data out, rights and those who have them, bank accounts
/// (ASVS 7.5.1, 7.5.3). The right of an act, `entity.*` for every act but reading, `field:` for a
/// change of one field.
pub const WEIGHTY: &[&str] = &[
    "invoice.post",
    "invoice.pay",
    "journal.write",
    "journal_entry.reverse",
    "fiscal_year.lock",
    "fiscal_year.close_days",
    "*.export",
    "user.*",
    "access_role.*",
    "approval.approve",
    "approval_rule.*",
    "team.*",
    "api_token.create",
    "api_token.revoke",
    "field:company.iban",
    "field:party.iban",
];

/// What everyone does to their own user, or what gives nothing away.
const LIGHT: &[&str] = &[
    "user.read",
    "user.follow",
    "user.unfollow",
    "user.read_all",
    "user.save_view",
    "user.pin_tile",
    "access_role.read",
    "approval_rule.read",
    "team.read",
];

/// Whether a right, or a change of a field, asks again.
#[must_use]
pub fn is_weighty(right: &str) -> bool {
    let Some((entity, act)) = right.split_once('.') else { return false };
    let covers = |marked: &&str| match marked.split_once('.') {
        Some((on, "*")) => on == entity,
        Some(("*", does)) => does == act,
        _ => *marked == right,
    };
    WEIGHTY.iter().any(covers) && !LIGHT.contains(&right)
}

#[cfg(test)]
mod tests {
    use super::is_weighty;

    #[test]
    fn asvs_7_5_1_posting_paying_exporting_and_rights_ask_again() {
        for right in [
            "invoice.post",
            "party.export",
            "user.create",
            "user.set_password",
            "field:company.iban",
        ] {
            assert!(is_weighty(right), "{right}");
        }
        for right in ["order.confirm", "user.read", "user.follow", "company.update", "party.read"] {
            assert!(!is_weighty(right), "{right}");
        }
    }
}
