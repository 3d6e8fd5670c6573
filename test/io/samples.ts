/** One small file of each format, as its program writes it, and its reader: for truncation and corruption tests. */
import { parseBorn } from "../../src/io/born.js";
import { parseColumns } from "../../src/io/columns.js";
import { parseEspresso } from "../../src/io/espresso.js";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { parseForceSets, parseForces } from "../../src/io/forceSets.js";
import { parseJcamp } from "../../src/io/jcamp.js";
import { parseLammps } from "../../src/io/lammps.js";
import { parseOutcar } from "../../src/io/outcar.js";
import { parsePhonopy } from "../../src/io/phonopy.js";
import { parsePoscar } from "../../src/io/poscar.js";
import type { ReadOptions } from "../../src/io/source.js";
import { parseVasprun } from "../../src/io/vasprun.js";
import { parseXdatcar } from "../../src/io/xdatcar.js";

export const extxyz = `2
Lattice="5 0 0 0 6 0 1 0 7" Properties=species:S:1:pos:R:3:forces:R:3:bec:R:9 energy=-14.25 time=2.5 dielectric="2 .1 0 .1 3 0 0 0 4" pbc="T T T"
Si 0.125 0.25 0.375 1.25 2.5 3.75 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5
O 1.125 1.25 1.375 -1.25 -2.5 -3.75 -1.5 -2.5 -3.5 -4.5 -5.5 -6.5 -7.5 -8.5 -9.5
2
Lattice="5 0 0 0 6 0 1 0 7" Properties=species:S:1:pos:R:3:forces:R:3:bec:R:9 energy=-14.5 time=5.0 dielectric="2 .1 0 .1 3 0 0 0 4" pbc="T T T"
Si 0.225 0.25 0.375 1.25 2.5 3.75 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5
O 1.225 1.25 1.375 -1.25 -2.5 -3.75 -1.5 -2.5 -3.5 -4.5 -5.5 -6.5 -7.5 -8.5 -9.5
`;

export const poscar = `quartz-like
   2.0
     2.5000000000000000    0.0000000000000000    0.0000000000000000
    -1.2500000000000000    2.1650635094610966    0.0000000000000000
     0.0000000000000000    0.0000000000000000    2.7500000000000000
   Si   O
     1     2
Selective dynamics
Direct
  0.5000000000000000  0.0000000000000000  0.3333333333333333   T   T   F
  0.2500000000000000  0.7500000000000000  0.1250000000000000   T   T   T
  0.1000000000000000  0.2000000000000000  0.3000000000000000   F   F   F

  0.10000000E-02  0.20000000E-02 -0.30000000E-02
  0.40000000E-02 -0.50000000E-02  0.60000000E-02
 -0.70000000E-02  0.80000000E-02  0.90000000E-02
`;

const xdatcarHead = (a: string) => `unknown system
           1
     ${a}    0.000000    0.000000
    -2.436715    4.220514    0.000000
     0.000000    0.000000    5.374190
   Si   O
   1   1
`;
export const xdatcar = `${xdatcarHead("4.873430")}Direct configuration=     1
   0.45331252  0.99149845  0.66307113
   0.99397289  0.45693182  0.33069639
Direct configuration=     2
   0.45284729  0.99245225  0.66345275
   0.99409185  0.45695037  0.33081546
`;
export const xdatcarVariable = `${xdatcarHead("4.873430")}Direct configuration=     1
   0.50000000  0.00000000  0.00000000
   0.00000000  0.50000000  0.00000000
${xdatcarHead("5.000000")}Direct configuration=     2
   0.50000000  0.00000000  0.00000000
   0.00000000  0.50000000  0.00000000
`;

const outcarStep = (
  x: string,
  energy: string,
) => `  in kB     -19.14399   -42.01031   -45.48706   -14.24051    27.45917     7.82347
  external pressure =      -35.55 kB  Pullay stress =        0.00 kB

 VOLUME and BASIS-vectors are now :
      direct lattice vectors                 reciprocal lattice vectors
    24.000000000  0.000000000  0.000000000     0.041666667  0.024056261 -0.000000000
   -12.000000000 20.784609691  0.000000000     0.000000000  0.048112522  0.000000000
     0.000000000-12.000000000 30.000000000     0.000000000 -0.000000000  0.033333333

 POSITION                                       TOTAL-FORCE (eV/Angst)
 -----------------------------------------------------------------------------------
      ${x}      0.00660      3.58964         1.814117     -0.803465     -0.215204
      3.74121      1.93955      1.77982        -1.814117      0.803465      0.215204
 -----------------------------------------------------------------------------------
    total drift:                                0.000124      0.000127      0.000297

  free  energy   TOTEN  =       ${energy} eV

  energy  without entropy=      ${energy}  energy(sigma->0) =      ${energy}
`;
/** @param header the title that this version of VASP prints above Born charges */
export const outcarWith = (header: string) => ` vasp.6.3.0 20Jan22 (build Mar 29 2022 16:24:06) complex

   VRHFIN =Si: s2p2
   VRHFIN =O: s2p4
   number of dos      NEDOS =    301   number of ions     NIONS =      2
   ions per type =               1   1
   NSW    =      2    number of steps for IOM
   IBRION =      0    ionic relax: 0-MD 1-quasi-New 2-CG
   POTIM  = 0.5000    time-step for ionic-motion
      POSITION         DIRECTION 1           BORN EFFECTIVE CHARGE    (rigid.aug.   ionic)
${outcarStep("2.20405", "-71.02127918")}${outcarStep("2.30405", "-72.02127918")}
 HEAD OF MICROSCOPIC STATIC DIELECTRIC TENSOR (INDEPENDENT PARTICLE, excluding Hartree and local field effects)
 ------------------------------------------------------
           9.534301     0.008830    -0.005262
           0.008831     9.548085    -0.005494
          -0.005261    -0.005494     9.577736
 ------------------------------------------------------

 MACROSCOPIC STATIC DIELECTRIC TENSOR (including local field effects in DFT)
 ------------------------------------------------------
           2.534301     0.008830    -0.005262
           0.008831     2.548085    -0.005494
          -0.005261    -0.005494     2.577736
 ------------------------------------------------------

 ${header}
 -------------------------------------------------
 ion    1
    1     2.96605     0.03960    -0.00141
    2    -0.01072     3.58445    -0.36705
    3     0.01120     0.31817     3.45944
 ion    2
    1    -2.96605    -0.03960     0.00141
    2     0.01072    -3.58445     0.36705
    3    -0.01120    -0.31817    -3.45944

 MACROSCOPIC STATIC DIELECTRIC TENSOR IONIC CONTRIBUTION
 ------------------------------------------------------
           1.000000     0.000000     0.000000
           0.000000     1.000000     0.000000
           0.000000     0.000000     1.000000
 ------------------------------------------------------

 General timing and accounting informations for this job:
`;
export const outcar = outcarWith("BORN EFFECTIVE CHARGES (in e, cummulative output)");

const vasprunStep = (x: string, energy: string) => ` <calculation>
  <scstep><energy><i name="e_fr_energy">    99.0 </i></energy></scstep>
  <structure>
   <crystal>
    <varray name="basis" >
     <v>       5.00000000       0.00000000       0.00000000 </v>
     <v>       0.00000000       6.00000000       0.00000000 </v>
     <v>       1.00000000       0.00000000       7.00000000 </v>
    </varray>
    <i name="volume">    210.00000000 </i>
    <varray name="rec_basis" >
     <v>       0.20000000       0.00000000       0.00000000 </v>
     <v>       0.00000000       0.16666667       0.00000000 </v>
     <v>       0.00000000       0.00000000       0.14285714 </v>
    </varray>
   </crystal>
   <varray name="positions" >
    <v>       ${x}       0.25000000       0.50000000 </v>
    <v>       0.75000000       0.50000000       0.25000000 </v>
   </varray>
  </structure>
  <varray name="forces" >
   <v>       0.10000000      -0.20000000       0.30000000 </v>
   <v>      -0.10000000       0.20000000      -0.30000000 </v>
  </varray>
  <varray name="stress" >
   <v>       1.60217663       2.00000000       3.00000000 </v>
   <v>       2.00000000       4.00000000       5.00000000 </v>
   <v>       3.00000000       5.00000000       6.00000000 </v>
  </varray>
  <energy>
   <i name="e_fr_energy">    ${energy} </i>
   <i name="e_wo_entrp">    -2.25000000 </i>
   <i name="e_0_energy">    -2.25000000 </i>
  </energy>
  <varray name="epsilon" >
   <v>       6.95882353      -0.00000575      -0.00000896 </v>
   <v>      -0.00000029       6.95884757      -0.00000535 </v>
   <v>      -0.00000413      -0.00000604       6.37287749 </v>
  </varray>
  <array name="born_charges" >
   <dimension dim="1">ion</dimension>
   <set>
    <v>       1.00000000       2.00000000       3.00000000 </v>
    <v>       4.00000000       5.00000000       6.00000000 </v>
    <v>       7.00000000       8.00000000       9.00000000 </v>
   </set>
   <set>
    <v>      -1.00000000      -2.00000000      -3.00000000 </v>
    <v>      -4.00000000      -5.00000000      -6.00000000 </v>
    <v>      -7.00000000      -8.00000000      -9.00000000 </v>
   </set>
  </array>
 </calculation>
`;
export const vasprun = `<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <incar>
  <i type="int" name="IBRION">     0</i>
  <i name="POTIM">      2.00000000</i>
 </incar>
 <atominfo>
  <atoms>       2 </atoms>
  <array name="atoms" >
   <set>
    <rc><c>Si</c><c>   1</c></rc>
    <rc><c>O </c><c>   2</c></rc>
   </set>
  </array>
 </atominfo>
${vasprunStep("0.12500000", "-2.50000000")}${vasprunStep("0.25000000", "-3.50000000")}</modeling>
`;

export const lammps = `ITEM: TIMESTEP
100
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS xy xz yz pp pp pp
-2.0 11.0 -2.0
0.0 8.0 1.0
-1.0 6.0 0.5
ITEM: ATOMS id type x y z vx vy vz fx fy fz q
2 2 1.5 2.5 3.5 10 -20 30 0.5 0.25 0.125 -0.5
1 1 0.5 0.25 0.125 1 2 3 -0.5 -0.25 -0.125 0.5
ITEM: TIMESTEP
200
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS xy xz yz pp pp pp
-2.0 11.0 -2.0
0.0 8.0 1.0
-1.0 6.0 0.5
ITEM: ATOMS id type x y z vx vy vz fx fy fz q
1 1 0.625 0.25 0.125 1 2 3 -0.5 -0.25 -0.125 0.5
2 2 1.625 2.5 3.5 10 -20 30 0.5 0.25 0.125 -0.5
`;

/** AlAs with one atom off its site, Al.pz-vbc and As.pz-bhs, 14 Ry, k 2x2x2: Quantum ESPRESSO 6.7, shortened. */
export const pwOutput = `     Program PWSCF v.6.7MaX starts on 21Nov2026 at  2:24:55

     lattice parameter (alat)  =       7.5631  a.u.
     celldm(1)=   7.563108  celldm(2)=   0.000000  celldm(3)=   0.000000

     crystal axes: (cart. coord. in units of alat)
               a(1) = (   0.000000   0.707107   0.707107 )
               a(2) = (   0.707107   0.000000   0.707107 )
               a(3) = (   0.707107   0.707107   0.000000 )

   Cartesian axes

     site n.     atom                  positions (alat units)
         1           Al  tau(   1) = (   0.0000000   0.0000000   0.0000000  )
         2           As  tau(   2) = (   0.4122707   0.3248194   0.3672957  )

!    total energy              =     -16.74083459 Ry

     Forces acting on atoms (cartesian axes, Ry/au):

     atom    1 type  1   force =     0.06215846    0.09210711    0.04355107
     atom    2 type  2   force =    -0.06215846   -0.09210711   -0.04355107

          total   stress  (Ry/bohr**3)                   (kbar)     P=      -47.65
  -0.00041812  -0.00057459  -0.00008697          -61.51      -84.53      -12.79
  -0.00057459  -0.00027952  -0.00078062          -84.53      -41.12     -114.83
  -0.00008697  -0.00078062  -0.00027408          -12.79     -114.83      -40.32

   JOB DONE.
`;
export const phOutput = `     Program PHONON v.6.7MaX starts on 21Nov2026 at  2:24:56

     lattice parameter (alat)  =       7.5631  a.u.
     celldm(1)=    7.56311  celldm(2)=    0.00000  celldm(3)=    0.00000

     crystal axes: (cart. coord. in units of alat)
               a(1) = (  0.0000  0.7071  0.7071 )
               a(2) = (  0.7071  0.0000  0.7071 )
               a(3) = (  0.7071  0.7071  0.0000 )

     site n.  atom      mass           positions (alat units)
        1     Al  26.9800   tau(    1) = (    0.00000    0.00000    0.00000  )
        2     As  74.9200   tau(    2) = (    0.41227    0.32482    0.36730  )

          Dielectric constant in cartesian axis

          (      19.898133168      -7.872250208      -9.430394622 )
          (      -7.872250193      14.098767456      -4.183990141 )
          (      -9.430394413      -4.183990483      15.928544090 )

          Effective charges (d Force / dE) in cartesian axis

           atom      1   Al
      Ex  (        2.28278        0.08251        0.28095 )
      Ey  (        0.15758        2.15462        0.35808 )
      Ez  (        0.29650        0.34808        2.05591 )
           atom      2   As
      Ex  (       -4.06165        2.63311        2.40559 )
      Ey  (        2.56097       -3.60631        2.10585 )
      Ez  (        2.39308        2.11557       -3.53831 )

          Effective charges (d P / du) in cartesian axis

           atom      1   Al
      Px  (        2.28285        0.08249        0.28094 )
      Py  (        0.15771        2.15468        0.35803 )
      Pz  (        0.29573        0.34803        2.05596 )
           atom      2   As
      Px  (       -4.06302        2.63376        2.40565 )
      Py  (        2.56150       -3.60708        2.10581 )
      Pz  (        2.39381        2.11565       -3.53830 )

   JOB DONE.
`;

export const columns = `# alpha_xx alpha_yy alpha_zz alpha_xy alpha_xz alpha_yz
     +2.534301     +2.548085     +2.577736     +0.008830     -0.005494     -0.005261
     +2.533335     +2.549526     +2.574396     +0.006313     +0.000704     -0.003617
`;

export const forceSets = `2
2

1
  0.0100000000000000   0.0000000000000000   0.0000000000000000
  -0.2924452100   -0.4596261500   -0.0226994200
   0.2924452100    0.4596261500    0.0226994200

2
  0.0000000000000000   0.0100000000000000   0.0000000000000000
   0.1000000000    0.2000000000    0.3000000000
  -0.1000000000   -0.2000000000   -0.3000000000
`;

const forceSetsType2 = `  0.01048141  0.00176917 -0.00520179  0.07319108  0.01629822 -0.06088526
 -0.00415680  0.00502881 -0.01737885 -0.07319108 -0.01629822  0.06088526
  0.01947328  0.01349876 -0.00962584  0.04423259  0.03163515  0.04218190
 -0.01062676  0.01982579 -0.00118946 -0.04423259 -0.03163515 -0.04218190
`;

const born = `# epsilon and Z* of atoms 1 2
2.51250000 0.12500000 0.25000000 0.12500000 2.62500000 0.37500000 0.25000000 0.37500000 2.75000000
1.12500000 0.06250000 0.03125000 0.50000000 1.25000000 0.75000000 0.15625000 0.28125000 1.37500000
-1.12500000 -0.06250000 -0.03125000 -0.50000000 -1.25000000 -0.75000000 -0.15625000 -0.28125000 -1.37500000
`;

const phonopyYaml = `phonopy:
  version: "2.20.0"
physical_unit:
  length: "angstrom"
unit_cell:
  lattice:
  - [ 4.000000000000000, 0.000000000000000, 0.000000000000000 ] # a
  - [ 0.000000000000000, 5.000000000000000, 0.000000000000000 ] # b
  - [ 0.000000000000000, 0.000000000000000, 6.000000000000000 ] # c
  points:
  - symbol: Na # 1
    coordinates: [ 0.125000000000000, 0.250000000000000, 0.375000000000000 ]
    mass: 22.989769
  - symbol: Cl # 2
    coordinates: [ 0.500000000000000, 0.625000000000000, 0.750000000000000 ]
    mass: 35.453000
supercell: { lattice: [], points: [] }
`;

const jcamp = `##TITLE=two bands
##JCAMP-DX=4.24 $$ hand-made
##DATA TYPE=INFRARED SPECTRUM
##XUNITS=1/CM
##YUNITS=ABSORBANCE
##XFACTOR=1.0
##YFACTOR=0.001
##FIRSTX=100
##LASTX=116
##NPOINTS=9
##FIRSTY=0.1
##XYDATA=(X++(Y..Y))
100A00J5T%j
108A29k
110A27J2l
114A36K
##END=
`;

/** Text and reader of each format. */
export interface Sample {
  readonly text: string;
  readonly parse: (bytes: Uint8Array, options?: ReadOptions) => unknown;
  /** Samples of its format in another shape, which this reader reads just as their own does. */
  readonly reads?: readonly string[];
  /** Samples that look like this format and nothing in them says otherwise: tables of numbers, read as they stand. */
  readonly tables?: readonly string[];
}

export const samples: Readonly<Record<string, Sample>> = {
  extxyz: { text: extxyz, parse: parseExtxyz },
  poscar: { text: poscar, parse: parsePoscar },
  xdatcar: { text: xdatcar, parse: parseXdatcar },
  "xdatcar with variable cell": { text: xdatcarVariable, parse: parseXdatcar },
  outcar: { text: outcar, parse: parseOutcar },
  vasprun: { text: vasprun, parse: parseVasprun },
  lammps: { text: lammps, parse: (b, o) => parseLammps(b, { ...o, species: ["Si", "O"], units: "metal" }) },
  "pw.x": { text: pwOutput, parse: parseEspresso },
  "ph.x": { text: phOutput, parse: parseEspresso },
  columns: { text: columns, parse: (b, o) => parseColumns(b, { ...o, timestep: 1 }), tables: ["BORN"] },
  FORCE_SETS: { text: forceSets, parse: parseForceSets },
  "FORCE_SETS of type 2": { text: forceSetsType2, parse: (b, o) => parseForces(b, 2, o), reads: ["FORCE_SETS"] },
  BORN: { text: born, parse: parseBorn },
  "phonopy.yaml": { text: phonopyYaml, parse: parsePhonopy },
  "JCAMP-DX": { text: jcamp, parse: parseJcamp },
};
