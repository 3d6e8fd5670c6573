"""Cells, force fields and DFPT settings of the solids: the only place with numbers to change (A, Ry, fs, K)."""
PP = '/usr/share/espresso/pseudo'           # Debian quantum-espresso-data; file names without a path are in pseudo/ here
MASS = {'Si': 28.085, 'O': 15.999, 'Na': 22.98976928, 'Cl': 35.45, 'Al': 26.9815385, 'N': 14.007, 'H': 1.008, 'C': 12.011, 'Pb': 207.2, 'I': 126.90447}


def water_edge(molecules):
    """Of a cubic cell at 0.997 g/cm3, in A."""
    return (molecules*(MASS['O'] + 2*MASS['H'])*1.66053906660/0.997)**(1/3)


# a, b, c of the 48-atom cells, A: M. T. Weller et al., Chem. Commun. 51, 4180 (2015), 100 K (Pnma, the axes a and c exchanged) and 180 K (I4/mcm)
MAPBI3_CELLS = {'orthorhombic': (8.5769, 12.6293, 8.8657), 'tetragonal': (8.8063, 8.8063, 12.7127)}


def build(name):
    """Experimental 300 K cells. All are lower triangular, as LAMMPS wants them."""
    from ase.build import bulk
    from ase.spacegroup import crystal
    if name == 'sio2':                      # right-handed alpha-quartz, P3_2 21
        return crystal(['Si', 'O'], [(0.4697, 0, 2/3), (0.4135, 0.2669, 0.7858)], spacegroup=154, cellpar=[4.9134, 4.9134, 5.4052, 90, 90, 120])
    if name == 'aln':                       # wurtzite, P6_3mc
        return crystal(['Al', 'N'], [(1/3, 2/3, 0), (1/3, 2/3, 0.3821)], spacegroup=186, cellpar=[3.112, 3.112, 4.982, 90, 90, 120])
    return bulk('NaCl', 'rocksalt', a=5.640, cubic=True) if name == 'nacl' else bulk('Si', 'diamond', a=5.431, cubic=True)


# LAMMPS force fields (units metal: eV, A); masses and charges in the order of 'types'
BKS = """
pair_style buck/coul/long 8.0
kspace_style ewald 1e-7
pair_coeff 1 1 0.0 1.0 0.0
pair_coeff 1 2 18003.7572 {:.9f} 133.5381
pair_coeff 2 2 1388.7730 {:.9f} 175.0
""".format(1/4.87318, 1/2.76)
TOSI_FUMI = """
pair_style born/coul/long 9.0
kspace_style ewald 1e-7
pair_coeff 1 1 0.2637 0.317 2.340 1.0486 -0.4993
pair_coeff 1 2 0.2110 0.317 2.755 6.9906 -8.6758
pair_coeff 2 2 0.1582 0.317 3.170 72.4022 -145.4285
"""
SW = """
pair_style sw
pair_coeff * * /usr/share/lammps/potentials/Si.sw Si
"""
MD = {
    'sio2': {'types': ['Si', 'O'], 'charges': [2.4, -1.2], 'ff': BKS, 'ref': 'BKS: van Beest, Kramer, van Santen, PRL 64, 1955 (1990)'},
    'nacl': {'types': ['Na', 'Cl'], 'charges': [1.0, -1.0], 'ff': TOSI_FUMI, 'ref': 'Born-Mayer-Huggins: Tosi and Fumi, J. Phys. Chem. Solids 25, 45 (1964)'},
    'si': {'types': ['Si'], 'charges': [0.0], 'ff': SW, 'ref': 'Stillinger-Weber, PRB 31, 5262 (1985); Si.sw of Debian lammps-data'},
}
STRIDE = {'sio2': 2, 'nacl': 5, 'aln': 2, 'si': 3}      # of the saved trajectory (every 4 fs), to make md-snapshots.xyz.gz

# k-grids are 'n1 n2 n3 s1 s2 s3', without symmetry (time reversal halves them), and keep the crystal's point group; gamma: real
# wavefunctions; {phase: points} names single points.
# atoms: the symmetry-distinct ones, whose displacements are computed; delta in A.
DFT = {
    'sio2': {'pseudo': {'Si': PP + '/Si.pbe-rrkj.UPF', 'O': PP + '/O.pbe-rrkjus.UPF'}, 'ecutwfc': 29, 'ecutrho': 200,
             'kpoints': '2 2 2 0 0 1', 'atoms': [0, 3], 'delta': 0.02},
    'nacl': {'pseudo': {'Na': 'Na.pbe-tm-nlcc.UPF', 'Cl': 'Cl.pbe-tm-nlcc.UPF'}, 'ecutwfc': 30, 'ecutrho': 120,
             'kpoints': '2 2 2 1 1 1', 'atoms': [0, 1], 'delta': 0.02},
    'aln': {'pseudo': {'Al': 'Al.pbe-tm-nlcc.UPF', 'N': PP + '/N.pbe-n-rrkjus_psl.1.0.0.UPF'}, 'ecutwfc': 36, 'ecutrho': 240,
            'kpoints': '5 5 2 0 0 1', 'atoms': [0, 2], 'delta': 0.02},
    'si': {'pseudo': {'Si': PP + '/Si.pbe-rrkj.UPF'}, 'ecutwfc': 16, 'ecutrho': 64,
           'kpoints': '4 4 4 1 1 1', 'atoms': [0], 'delta': 0.02, 'tr2_ph': 1e-10},
}
# D3 with zero damping, without its three-body term.
D3 = "vdw_corr='dft-d3', dftd3_version=3, dftd3_threebody=.false."
# pulay: eV per atom, V/N times what the stress lacks at this cut-off (a molecule of H2O in a 5 A box at 60 and 110 Ry; the forces differ by 3 meV/A).
# Norm-conserving at 60 Ry: with ultrasoft ones the orthogonality charge of every displacement makes the response of a liquid cell hopeless.
DFT['water'] = {'pseudo': {'O': 'O.pbe-tm.UPF', 'H': 'H.pbe-tm.UPF'}, 'ecutwfc': 60, 'ecutrho': 240, 'kpoints': 'gamma', 'conv_thr': 1e-9,
                'functional': "input_dft='rpbe'", 'dispersion': D3, 'stress': True, 'response': 'phcg', 'mixing_beta': 0.4, 'pulay': 0.3967}
# Softer C, N, H (r_c 1.6, 1.5, 1.1 bohr against HARD): pseudo_check.py and data/mapbi3/README.md tell what they change. Pb and I need less.
# pulay: 46 against 80 Ry, CH3NH3+ -1.491, PbI2 -0.025, I- -0.014 eV (pseudo_check.py pressure).
HARD = {x: f'{x}.pbe-tm.UPF' for x in 'CNH'}
# sum_rule: the largest sum of Z* that validate.py lets pass, e. sum_rule_bearers: the species from which the sum is taken out, all where none are named.
# Here the two points break the sum rule through lead and iodine, whose bands make the gap (data/mapbi3/README.md), so these bear what is taken out.
# Half of the shifted 2x2x2 grid: the two points whose errors in the plane of the short axes cancel (data/mapbi3/README.md).
MAPBI3_POINTS = {'orthorhombic': ((0.25, 0.25, 0.25), (0.25, 0.25, -0.25)), 'tetragonal': ((0.25, 0.25, 0.25), (0.25, -0.25, 0.25))}
DFT['mapbi3'] = {'pseudo': {'Pb': 'Pb.pbe-tm-nlcc.UPF', 'I': 'I.pbe-tm-nlcc.UPF', **{x: f'{x}.pbe-tm-soft.UPF' for x in 'CNH'}}, 'ecutwfc': 46, 'ecutrho': 184,
                 'kpoints': MAPBI3_POINTS, 'conv_thr': 1e-9, 'dispersion': D3, 'stress': True, 'mixing_beta': 0.4, 'tr2_ph': 5e-10, 'alpha_mix': 0.7, 'pulay': 0.1275, 'sum_rule': 6, 'sum_rule_bearers': ('Pb', 'I')}
# The harmonic line. minimum: what is set otherwise to relax and for eps and Z*: the images of the k-point, which symmetry makes one again. Displaced structures
# have the two points; the forces that it leaves at the minimum are kept with it, to be subtracted. delta in A.
DFT['mapbi3-orthorhombic'] = {**DFT['mapbi3'], 'delta': 0.02, 'minimum': {'kpoints': '2 2 2 1 1 1', 'nosym': '.false.'}}
DFT['sio2-vasp-cell'] = {**DFT['sio2']}
# Eight cells of nacl: Gamma of it is the 2x2x2 grid of one.
DFT['nacl-64'] = {**DFT['nacl'], 'kpoints': 'gamma', 'response': 'phcg without charges'}
# Thresholds. eth_rps (of P_c x|psi>, ph.x default 1e-9) may be 1e-5: eps moves by 1e-6; tr2_ph may not be raised: at 1e-11 NaCl's
# eps is wrong by 1e-3, half its thermal deviation. Silicon alone bears 1e-10: all three diagonal elements move by 2e-3, a fortieth of
# their thermal deviation, at three quarters of the time.
CONVERGENCE = {'conv_thr': 1e-10, 'tr2_ph': 1e-12, 'alpha_mix': 0.45, 'eth_rps': 1e-5}
