//! The business as one catalogue: what the doors of the program are drawn from.

use std::sync::OnceLock;

use kernel::{Catalog, Module};

/// The modules that processes know, each after those it refers to. The program adds those of the
/// people who sign in.
pub const MODULES: &[&Module] =
    &[&kernel::MODULE, &master::MODULE, &crm::MODULE, &erp::MODULE, &crate::MODULE];

/// These modules alone, for tests and for measuring.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog { modules: MODULES.to_vec() })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_catalogue_holds_together() {
        assert_eq!(super::catalog().mistakes(), Vec::<String>::new());
    }
}
