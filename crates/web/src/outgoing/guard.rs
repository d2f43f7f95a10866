//! Which addresses we never call because somebody told us to: those of this machine and of the
//! network around it. A name is looked up once; what was found is judged, and is what is called, so
//! that a name cannot lead elsewhere the second time (ASVS 1.3.6).
//!
//! Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the Internet at large, and to nobody in particular near us.
#[must_use]
pub fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => match within(address) {
            Some(inner) => is_outside_v4(inner),
            None => is_outside_v6(address),
        },
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let near = address.is_private()
        || address.is_loopback()
        // 169.254.169.254 tells a machine in a cloud its secrets.
        || address.is_link_local()
        || a == 0
        || (a == 100 && (64..128).contains(&b));
    let special = (a, b, c) == (192, 0, 0)
        || (a == 198 && (b == 18 || b == 19))
        || address.is_documentation()
        // Multicast, reserved, broadcast.
        || a >= 224;
    !near && !special
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // What is given out to anyone at all is within 2000::/3.
    let given = first & 0xe000 == 0x2000;
    let documentation = (first, second) == (0x2001, 0x0db8) || first == 0x3fff;
    // 2001::/23 is for protocols: Teredo wraps an address of the fourth version, ORCHID is none.
    let protocols = first == 0x2001 && second < 0x0200;
    given && !documentation && !protocols
}

/// The address of the fourth version that one of the sixth leads to: mapped, compatible, NAT64,
/// 6to4.
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            Some(of(high, low))
        }
        [0x64, 0xff9b, _, _, _, _, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_outside;

    #[test]
    fn asvs_1_3_6_what_is_near_is_not_outside_however_it_is_written() {
        for near in [
            "127.0.0.1",
            "127.255.0.9",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:53aa:64c::1",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_outside(near.parse().unwrap()), "{near}");
        }
        for outside in ["1.1.1.1", "172.32.0.1", "193.0.6.139", "2606:4700::1111", "2002:101:101::"]
        {
            assert!(is_outside(outside.parse().unwrap()), "{outside}");
        }
    }
}
