//! erp
