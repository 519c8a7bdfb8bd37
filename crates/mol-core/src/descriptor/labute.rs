//! Labute's approximate surface area.

use super::sites::Sites;
use crate::BondOrder;
use crate::fingerprint::rdkit_elements::rdkit_element;
use std::f64::consts::PI;

/// Sum over atoms of the sphere less what each bonded sphere cuts off, as `RDKit` computes it: one hydrogen is taken to
/// sit on each atom, however many there are.
pub(super) fn labute_surface_area(sites: &Sites) -> f64 {
    let radius = |atom: usize| rdkit_element(sites.site(atom).number).radius;
    let hydrogen = rdkit_element(1).radius;
    // What a sphere of radius s cuts off one of radius r at distance d, over π r.
    let cut = |r: f64, s: f64, d: f64| if d > 0.0 { s * s - (r - d) * (r - d) / d } else { 0.0 };
    let mut area = 0.0;
    let mut cut_off_hydrogen = 0.0;
    for (atom, _) in sites.iter() {
        let r = radius(atom);
        let mut cut_off = cut(r, hydrogen, r + hydrogen);
        for link in sites.links(atom) {
            let s = radius(link.to as usize);
            let shortened = match link.order {
                BondOrder::Single | BondOrder::Quadruple => 0.0,
                BondOrder::Aromatic => 0.1,
                BondOrder::Double => 0.2,
                BondOrder::Triple => 0.3,
            };
            let d = (r + s - shortened).clamp((r - s).abs(), r + s);
            cut_off += cut(r, s, d);
        }
        area += PI * r * (4.0 * r - cut_off);
        cut_off_hydrogen += cut(hydrogen, r, r + hydrogen);
    }
    if sites.len() == 0 { 0.0 } else { area + PI * hydrogen * (4.0 * hydrogen - cut_off_hydrogen) }
}
