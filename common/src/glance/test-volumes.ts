import { inflateRawSync } from "node:zlib";
import type { ReadBytes } from "../layout/read-bytes.ts";

/**
 * The sectors that say what a volume is, of volumes that their own programs made: e2fsprogs 1.47.0, xfsprogs 6.1.0,
 * btrfs-progs 6.2, f2fs-tools 1.15.0, ntfs-3g 2022.10.3, exfatprogs 1.2.0, dosfstools 4.2, util-linux 2.38.1, cryptsetup
 * 2.6.1, lvm2 2.03.16, xorriso 1.5.4. blkid named each as the tests do. Keys and everything else that lies behind are
 * left out.
 */
const RECORDED = {
  ext2: {
    sizeBytes: 16777216,
    sectors:
      "7ZhNa8JAFEX/S9aFmI+aWOjizTg1oUgzaMBmZ0VUKAhmMY2l/715U2yl3biIgSn3LIYhOoiX42We717o3XkkqMUuRzJEy2NNVJTF6eE5OS/yZ8usN+l42Z7z/dE8MYpItw+zfUFhfXZSfe+kodMHxna34WXKr8zqYboro61MExU2dVIcwsVLNXkYPM/E6zrTDfWDf9nbZLVYBUVUisk438/jafZUPeYj+/3J0O98+iK3iSr6h9x7N17Eyl6ZrdEEQEfKxq2ymltOccsJ+9M8vEWBMPnfiiUhuVpt1yk+JdNM27ZVSBP0pOyQW7ZBFsAZZdNWWSGRBXBG2WDAzs4QBnDHWf7PQOwQBnDHWZ7ABK6zwB1nI+5ZhfsscOluwEOYhrTAIWkjnsI0pjDgkrR8PfCvTiqQN+hMWp7DfLNCHF1T+KD78vuS9raXpgWgI2k/PgE=",
  },
  ext3: {
    sizeBytes: 16777216,
    sectors:
      "7ZhLTwIxFIX/y2w1Gd4WExe34/BIJE55CMwOCVMwRgLEVDD+d3uGAKPEHRJr7rdoegod6MnpTTvvXsG79kiSJW02ZIjipzFR1It2g1maaIJDF0y0uB3Zeb5f7V6ZkEjZwcY8osIqMzPc9wJDux8UaU+jaeGTSsdvJcF9rVW6q77l4sVQJIVRXK/lhh35PGmoDZ0H/4fx5jc9nSXlR+W363pJF6+D+XIl2nb9WKuhL/7km9Y12cVaH/CYWg+6n2oDraFj6L6GXkGPoQcKugSdZB5LexeP/6TO+v2PuPEuvSIi+8tMjSaGOVFkSzayCokKUeVkujUX05e8tDv/eAPLAGVGrfF9zApEQ6WVJ2Q3mTNFtoIqu2YvGGciK2xkZcBeMM5ENp9DZjtsBuNOZvHOQM7YDMadzOIGJvk4y7iT2SLqbMjnWcalswEuYYpDyzgU2iJuYYpvYYxLocXxwGcObARH46+HFvcw34zZjlMT8f4/PWIb2jJXWsal0H58Ag==",
  },
  ext4: {
    sizeBytes: 16777216,
    sectors:
      "7ZhbT8IwFMe/y55NtrEFhokPp2U3kGQVMIw3UNwWt5CIWsH43e0ZghA0PBBNmpxfsqaX9Xb270nP3o2GcWkAA0WdrEECNNcpQDJKtpX7xJjw7ywyz7zOVPUzzfawJX0AoSqjRQKN5V5Pf5fjErYTepiRmRoqXOIL0/4KnLt+eT3udYueuyjscl5MwsBKB6ycR8KCf4GZvzTEh8XOc6vKoyS95zB1LafR9dUGJIgAdwWH9nlaK7v4RzOpJyvOWeqPi8zgeKq9LqqtOwINuTIuDAcl+9cCkI9AEGcRlC/t3EPJukqyWYZHE10jD7F1dvNqMxnvDrBZmXH4MIryt/TEuHwyvB1vPFHcxzK6G8jRi0burD788HW6A1bVPdhycGq1nKf0yYitl22il12RLQhtJOspyTJOtiC0kaxtoWYHZAxCH83iPwNWkDEIfTSLERij6yyhj2Yd9LM+3WcJne4GGIQJEi2hkWgdjMIERWGETqLF64GgMIzQSbQYhwmKwwhdRPvxCQ==",
  },
  xfs: {
    sizeBytes: 314572800,
    sectors:
      "7Zhdk5owFIb/i7d2ZhE/kM70ImDECLJGRAfv1nWNiuvOuq5aOv3vlQhEdzLVVrZVJu8FE5KQhJwnJyf5kZNyX3N9OOhiAgAEseAb4ErzEFw8Dt2JZqC83+/Ngs7rSxAXAuAlNUmS0rUkiVBUT7P2GZh9ajnz3Ud6WOvJGAQDoy55UXEN+E2wqe6q+UlTmA1KjROVPDhbOjc3nAHDDAc0ZT9g0/ob+lQe4RRGIxb69/qW+5IrUGTrjQ6JTUYNYjETHlr3o7XgUabzXtq9LV9oUZ0QZ7RdORB6s0pn0G/bxuusBY6Zc2/C+upQD1wseLkSZOUIWQdzkIWRk4sRq0mU4DuhT5LK3cW0zlN3y10ymC35I/tlGtniHlmje3rjD3GdGjZEdHbpRkkDgQZzxQtBndAnqhoiW90hi10UYBoYWKx0wyLQ82LZZ0Xe0hDYpDVJ9IgDBSGhlLxsGBl0/Lneoow2eMySs5htvhvmLHa4GmiPk5ZKYqqF0jx/yaGjddyypuAW5ySEPmaMgr4bneQfisHIv1e+Lz17ObZlrKzNFeNbI+ef1/dsjxVkVAFvqZzIBLz+ye9OgEhY/6ahVSm0ld17S+ff/JyANiiTGJr2859eMmEGrbqar63SRdAe9k96J64thG4W2qJ0KbRSE8XQYJ/81c3oPojQtps8vAjaw/7JXECbWWgLFNrQw/0/g1JopW4Fuem1SQoC2sxCK18LtMG61x6mR+2kLqDNLLTFa4H2znq4H6R3QpqImDa70JauBdrKwrTHb+lBK2La7EJbvhZo5Vq9NdqkB62IabMJ7c9f",
  },
  btrfs: {
    sizeBytes: 134217728,
    sectors:
      "7VdNc4IwEP0vXO0Bxap0pocEgo0WbKQ4tjdnlJSqQ9FOsXb634uVfCDp2IOdemBPIbtL9i27L8uHVm90tCst3D4vtin4jUwXY90NLa87b9rz5DHuJoOZke3DXA+5pWNavtNbBnXTg1S8IPUwZKYBQEeOyx0RsPKNrtBJvlAcTdgSowN7SThWCMEhblJ4wiKSQEZIDiI4KrXUfo/MMB72+tgzW+t0EySvsDEKyaaD9ck9HfgvSzqJL9vTaHqDadoioJKSXGsXWdGaWdFWuTgzYfU6yBaOIAJaWkitY2F5k7cW2tvDYotBsj/DboO7/m299oTmMTWMZGs7fqIXGtfL33W3Bp34bdxCvh/Z4WzluqP+ishEFZUxoFyLd89QVjPCUjZzIVZbihV/F62hZ0VbdqqkkvNlWsOomPbshDJ2YyNJgR0z7pVEJ4hpBcmp/F1b4Q+V/mIsgoLVTzitiBHxQbowOL7CSKfnrJuPmPuibbKiRT+AogWnPClIkVTAB0/CR0F0wk8Jh+y+UFyOQJ5NKUfgyklR+EOBQPInECnjt7gp+gN8PP+FYR2VfhZ2+FC5kpA6P4HC/3/wnYhpP78A",
  },
  f2fs: {
    sizeBytes: 67108864,
    sectors:
      "7ZbLdpswEIbfxesukMBp3HO6EJirDS6Yi9HOoFSAsUPiG7in715hC5IXyIJTZjEW+kaDNB4d/j8TOPkxUZU5eKYqml+RhVq79u7x7LZORb19DOPWGfdQs3XKfZb2QfEj7IPJd/baulUfde1H95gCv4epdcB+8QYXdK1Mo8A/RTGyKcv864pG+2/t5+TbRGItO4jNKu29kU9p92yQUzdMYDcrv/Vc1+DW5dz3IOcnx+g4eCeU82jWcRFH1onnz3ruexlfdcNit352JRv7PsT7OovvN0k+bCN+Sw35jPntSkV8+JT/MatXWcrzYz3MOa9S+Mzzk6fuKC/Ga3e+p1R0u/w7zNenRllwLhDd5twTOo43Wcl5lupHnt85E9TzC+cXthfpsR7v8OaRoN8Tkncx7eqPT5jnInuv4ryO4Uy06Ze27HQoLfvJfL08kw2lZB82KSwvSY7gslClZeEKywgXy00MVn5AF7oFtlHNSm+xsmtnrFuXF7YWNzvGSBE36NUTnPlijWpnLd2WBTqaKlmFa/mIlZZNQ1O1quQQCizPjcU17B2Q/Rb2Wvb9ENFAszQvAG6ozdQomMp+UM5NFQ3vU6DW7Tkl08BlenCqBErUyaV6pUiCo4B93ADo+DtgKllOovLIWrtxDSdL9l6eiFmV7NOKsUMMbbpQydxlNbb94Gw30nWpyIZfBjTR3Za19VW20RQQvTymbVzO3pHvqHlTaSAA19TktReETqB5vz2tXLkBsNxGRvajZb8PsGW/6k8bSzAIYQCEUcyONrCehaOaHdXssNQsEEc5O8rZYclZMB317Khnh6QN/v4D",
  },
  ntfs: {
    sizeBytes: 33554432,
    sectors:
      "7ZXdb5swEMD/l7xmEjRfaift4cyn21DFEJLAW6CtE0FSVBa8pNr/PgfMR1K6SdseWiknAbbv8B135x+vHbnztTO6uiPT2DbcPVCsAAClUEoX3goFbjSRpHKOKo0qqUwMJ16lyrRs95SO/aSPC6tVtxsu9ilOkaxcLWX1JTXBkslilzFrN73XU9kfSUN3acQHnF/D7EFBK2zcZkHfXnmbHzE27CTspTuso9Sf6wffQUmwvY/DLaGeg9ZB70b25rcpX98Exg0LzYh682GkkoSFm9kh3KNVsI3osjcbYtPO+LV/dNDK7+lJsIbdeD2gKnmGi3wcmS2fv3W+dPo93rN2FFv2lC+ypoUGQGBwfG6OYyhutZBmE58semJiiKeTd+/RSIFpFzmbxcsDeGgy0O/8x+8yoppE3SQe9YlR64n3m+i19xT5FyxP/GNwqPBPQBcqHfAf/DfiA7N2EFSjOj4EVgSaDDZFbrWYH09UHFKC3qSs+X5zOax3TauhURXGRkxYj1v2Z+1JIa2Zq4um1GobCBbMkbhcf6ympZD3bJ/37OUEX+RTiOjZ63c5a1WcHbRyNueE2sZZ54yz1v/jbAtHNXDhHznaKg2OMs5R3YOAcfaZLgQExYUn5dSYoqgZF8IFB2f1pq7IlyxAzDcnsGUaT5lWxqFrtPw+5QlsbleyD1xaIPw4P7fXymB0XISmtFRK1CEPrlLNGErAGIAPKAMzhJDxCCfslP0Kbb6vi1KcF0mtoI5Pkug1/wPG33Jc9OzNhbMX+Uyc/fkL",
  },
  exfat: {
    sizeBytes: 33554432,
    sectors:
      "7ZpPC4IwGIe/y64F+S/TwMOclUZKizA8ejKK8uaC6LvnDA8RBR2CXvg9IHvfbXrQ5zD4eWUGmzLXLuUm3y9kLqtE8F8Q9oV+vHyU3RBX7aKu4mZdD7xuVsg0rDgAz+RlHbAhM1tl8TIAIWUtKAtoKWtDWUBLWQfKAlrKjqEsoKWsC2UBLWUnUBbQUtaDsoCWsn6r7AgAEnhdlKCzBP/Aj6op1DJdWanYCvTo/7NPOmctRLaA1tHARJoAqDmLOAFQcxZ5AiDmrGNa+ifESuVzfbRMeDTjWfHhPhG+X0vaK+Jc9a3ueWZczqeXrXpPqnb4DuBLAna7Aw==",
  },
  fat12: {
    sizeBytes: 2097152,
    sectors:
      "7ZbbboJAEIbfhVubgAY0NOnFrMqhleqCguwdi7oSWCB4oGD67l161UeoyX7Jn5nM5eRLZh6Kprwq077DNLrytDN4vMcADCMAV1TAI/BgCTCHPzCAmgTcNDXibccIRwEwdw7Mz62dt3WHfu3MDHr6aLPWwauwwetbm0Lvo+NUhc7wtKj3y0Yt/CrZe2wI5abm2ksWc/N+sK2M2jtG7KJPOp25FrqQyOpJgGpafhZpiVkcoIxOTC2O3i9izqlttqmTszgy8gWu25SHfdqhMy1zlkxCw3X8u0h3DNCZTKyaZnBbZTpb4Aokz0GYVG/KizIWyo42qioXInkCBmV1qazkuZSdCWX9/GuzsxAZjruI+AhQcyrJ4VBoAPZ19Fslkv+g7PcP",
  },
  fat16: {
    sizeBytes: 33554432,
    sectors:
      "7ZTLboMwEEX/hW0qQSikolIX4wYDedZOgJgdhsRBPILyQlD132ta9R9SiSPN3NFdzGJ0NZ+Kprwqk64lPLyWSWuWbEcABLEBPKkAo99J9j/s3q7JZG5Z49UsxBRT3xDeOwiaY3+5Zf28dl9Mfpg3WeOSRXAm61uTQEfRfqJCay61sKPVWS3oKd4tRV+8tDTPsQUrrXvq4Iw7voicootbuRujSxTiLtqgmlerIqmIYBuUcd3SWDi7SL/kjtUkbi5YaOZTUjdJGXRJi468ykWsB6bn0rusdr9Bx0jHNc/gtsgMMSUnGPgfBPHpTXlSDBnZ0Yeqqs1wkoGHp4/s+FmXofW1ggV2gLcZ9D9SvlV0PlRRmhYagHMd/ejAwCOE9usb",
  },
  fat32: {
    sizeBytes: 67108864,
    sectors:
      "7ZfPb4IwFMf/F64soYI4WbJDi1iKYlYUEW78mMUJbhFBcdn/vsqyyw67qkk/yWv7XtrLyzffl35KQHqSBr0NTYJDmbZ6Ga4ohMxiEBJ4QYbd6SfpIHBI3d/E7FYKMfwLfzGZT/NmnZEFODmeNY78FrazbYSWI7clJmSjXJYzra1IhYDZi8FoX9nQBXRVN0e3XszGFYgGiu7HuDiTLvQmM1FOsNMkmpeH5akg2PtI1aomJqIJXuap6rM40M/RygEEWywsjSbD402CfRaVpya1kU7wuI4gmKS2U6Say8JA57VD8TpHIGkRSHdbXsvyOOiz6aZfE34XCq7OMn5/lh6kHpesXzg5paIlgitiOy0NbMM4Wtwy/5XsQLiscNn7ctlH4bKC+3JZTeWalV8UZaRwjkpfUYYvooGCG+WiWRXoly/Y3DLcue+hYOky9y3kYx3t17soywoAIT7I3S4Q3IJqv74B",
  },
  "fat32-nolabel": {
    sizeBytes: 67108864,
    sectors:
      "7ZRdb4IwFIb/C7csoQg4XeJFy0cpjmmdiHDHx1LMYFuGVHHZf19l2c0udutM+iRtzjlpb07ePB8KUO6Usb6jebxvit5qki2FkLkMQgLPqHCovpsBAic0/Gns4aYQw9+IH3NqEc7LxbpHCxrpHrEhI26KNk7Yn2unUtXS6FvSImDrGXDeWx+GgG47fgi79YPXgnSsWVGG6xMZjsVLG1UEBzw3VlXSHGuCV2/FqO2IjWiON1UxilgWW6d0GwCCXZY0U15ib5fjiKXNkRc+sgj2uhSCeeEHdWGELIktMdvXT48I5D0CxcuzmJVVFpvsfmd2RLyFkouzyV5nyo2ii8hGdVBRKlciuSB+0NPYn04PrlDmn5EdS8tKy16XZW+lZSXXZVljJDKrLjXN0QQHzdS0yVIuUPJPmSmfXw==",
  },
  swap: {
    sizeBytes: 4194304,
    sectors:
      "q1YyUrJScgx0dHQMsHBxhIKM8HRvNyM/s8BSI8fSYv1k/4rg8hBjP+PICKfy1EDHUTAKBgrYKukomYOS7CgYBYMVuPlFBIY5hYS6urkEhXjaKtUCAA==",
  },
  luks1: {
    sizeBytes: 33554432,
    sectors:
      "pZBPb4JAEMW/C9ceukWkpkkPyz+lZWFRKAw32QhkCyqwSsH0u5fWu7HhJTPvMr/Jy7tISHqRAuvDCZ/rB4ytIokJvkurArH+qUuX1jHlgG6dMrkoCA/lu/5qV/ONPShyjFTvraq22MdxG65ry40FzOzefWxU2tPPZnNStGPeQK0JrnOydRb2RjiLAQv/lNVzwJpRkoQzBTge3MgU7mCV0CMEAfROkH8B90USJWM+t0y43ZEKlGsCvWXZ2IWp7tiqq2F5jipZL7XWY/PU7lm+o+eKgu4Y55aYhulp79H6rwZ7HHoY16xG+P/6xafwVJnGx900PjtM4/f5Df5V+v4B",
  },
  luks2: {
    sizeBytes: 33554432,
    sectors:
      "7cw9U4MwAIDh/8KaQUhpqd45JMenTfhqIoVNoBIg0WulXKHnf3dwcetVV5/5vfei6dqDxtxnwq0DQChA3zD6wa6Va5R+gn6rgkLQjsPrJTZEysOypfULl83IgIrHOdysdxurqK37OXi3lwGpjubxY7UPTk01cqdcx6K4A7ScVk0byDfyBHT3NVP6YE0Hc0v9iM5CRMxZFKwfwq6Zoq2u511vECb7HOZD4aU99ZKJMikjOxTo39+FXrb3G+iopMaSueeqx6YRF+kyglzMJTjv1IlkLVnU+Ibro/b5BQ==",
  },
  lvm2: {
    sizeBytes: 33554432,
    sectors:
      "q1YyVLJSCnF1cw4KrQgIyQ51coQBf4+wrCSTdBAzxC3KzzfTsdzXxdXUzzi9wj80xyTROMXbL8+vKjUrLCooIrA8KtcrIskoKCvRI6zA18DEIDUQpNMTZlqgI5HAFc5yKXcpx6fS03EUjDhgq6SjZAFMsm4lif5GlU6+YdkGlZ4eGUl+oa45yVlO/t5ZJpAkjEjIjhZAOApGwYAl2VoA",
  },
  iso: {
    sizeBytes: 376832,
    sectors:
      "7Vjfb5swEP5f8tpJg400zaQ92HBQM2ziH+cue+vD5jSgtdIaQTLtf58JTdqqldZI09aqfNJF5jB35/OH8yU/R8fR6MOIoACekJZI4lj8RIPwCwOVY8D/OJfsEUe70YocANkZ+A8gXbh4H/ES782j/SVzRO9c4AjrR458cz/Okg1fkq1rG4+S+IA1D/ZEo3MT5lpbMSsMrISOApawhi9hxRNvG7LiBpuOc0VMucbc82gaW5uXu/l3/Bmug7ZY4krEzcfRm9Hx2HOWQZvLKrdYRddcR2GxlEPf/6dt93fecsPWfm9Dbnjo95f4t20tltDyJWuFwZZv/L4T0u39AyPJo35y0Ln0/GzL2eOOswNPXpO9ZGw5e+I5+zbYa4MBA547ZyfvPGcX5AD9lwpJm+xo0lB5Fks6Qegl59eA3tOfD0BRLS5p8j0qUneyYQ09itv5jK/5bR4Q6SkBs6+luX16sotZBmR+SL2WznNyei23z1M6kbAv6NGupCrLHJT7WKcP6z13ZLGbziTfDZPb/GSXH6SOJlz2vbpifW53Lv9Cr8aCOiBz+fo422kDZYtrIq9w0aQaq1p+3sC4NCm1sEhZms9k8MN5P6gAncYxKpsnGtKyu0Z/38I0MUHTj7t5ljsMrUSYahvTzITM+bHR1jlV1Vxpas6sQIWBw8AK6WNq9AoN2lRakTIQM1MrKkPpFNRGrqm0mHOv6ZmyzMeYaubfHYUi9/ESaVVugsjHmnpNLtLignRxfe3Uyqr1On6R4gXNFdjSQp1ptJpBXfr7WmNIsa6crabcYuhzqxQD4X8/UOzq3ua6U49fv19PLm5yroaj759z9iTo/jeQN+fWoA0GvADORj1nO+j++2zAgGfN2fB9J2jPs+rT0I8BL4K0v34D",
  },
  mbr: {
    sizeBytes: 100663296,
    sectors:
      "7Vpbb5swGP0vec0kCAFKJvXB5hbT0cVpIMAbl9WkTdq1LJBk2n+fTZq2WzdVu7ZI35EAX/AlH8fH/ux87sm9tz0EAPwVmGWJxhf8iYhpI8uiDUaI7PNshCy6wSgwfNTwN3h8wvCv1B6m18e9Nz1FVg3OWn2woNn80yrfaqs4oggxmx0a66M2RB7K2jzNvu9me6fIfdIEL3ESNs6gHlEaeoF/hhgx+WUnOLT8rQhbZb9fDLcVqbBsDlLZuq3GyJdptK4bfz07dSo50SUtSN3ljrSXVhcmLonr1dlwWsarzZK404+5Uq2JiWnmhmWuBCyda7sk8mTi2ixejerCdRaZG7BktanzMdaI66wTJJ/kY2+ZD30WzzWe9mn54QzL2RbL+dUlTyvKdK6ydwt1Tfi7wMiXxwNrR5y1wdIrKQWrAF4QY29L5+O63/Awe4a1mgpaC1rbNa3VNNBaQNe01hDeWH8iSZbE0UiqJBkTMCHglUKwdigbwhsLbOcstOz9DG6Kud1szq+SoljKCL3D/fYJALwO1upHmqHC1hfgXyxCp8RmAyPBbO8UtbO+Y6SYRc6E5WjRxtnvLGz1kT5sadvum7W3HeIrC30XIzQJJofE79ysgxd276NJ1LBSXk6SRrOjxhb+GS8vT5BSocd+3L0T16BDg4YINIxX5VbiBSOSpjcby/PU2z6dhdf0g1qXmTu6SuenZWYF/8noWPpJBvk2akYzX2luy6UTJ8TFRZNbaaUh6ohfhb61z+2O28V+0pL4pIs/6eoPO8nQ06YeFeF5XtDF0XCgrfYf1BY3lyA/gD/DJFqvcHWgrc5py4RWEyGRZruLlU3rAW7I/UCOC32q1cFYf/8s/ejWu8n2Q94X9QnZQaVQ07Ga7aeKu1HuS1GrV+7RzXOVstSHzwZ4rLbCJUNbsAegS7RVxf4XNsEegE7RVhG0PQN7ADpFW7GTgBdgD0CnaCtcMgxrW0CnaKsLtbVhbQvoDm0HsqLK8A9xwL/A+e7aZVXQx83+jOZvnG7cHZMNZFXVWt6251qGd8g/OtEu+QLiZlbMCyMOUWmgFK82daIsL+J5o8BXAbyo3nLeaqC3gNcM5zSiIZ4FtmNNZ+S49+Ur",
  },
  gpt: {
    sizeBytes: 67108864,
    sectors:
      "7Vhdk5pIFP0vvpoqEIGRVOWhmy8RGQFBhTfBTI9BEB1HAqn979uX0Uwm2d2prdlNhVSfqoaL/YWXw+He+6XH9973EAPDfw4L3Zw5jqt0amuX89uwWO8/9N71BpSyfhhPLAPjcOfRDh2t2h1P2qf2msK7TnqxtXU1hucRfrLUpC9YuZjeo1m5Ui3Fn0VNOUDkOlJtj+2lVSjVcc+eLMO/AVBWoJS1x86h8jmRvzfleaWSOriZzKrIi23OGWTH5LjOpXkxOdsyuZCOwlVWP66Id2jsoPR/u2P17KaRS0S/9kVJcpdF5A+HGQniQAxuYz88ZKXbGJG8FN0KR9dZHJeyh/0bUZYXR5S1clN7yfKUp7WURyuqqsTTWx0l2OtjDyzr26lUKEsfNznHL4JQRcS6ND8zQieIwJ6Nb6Tkzq621dibLo7e7LFKUePjjzKHasnhl41fHLmdv1+vHAItyRXeMnUS5cp5YxrbxAxJbO6adS0S+hF4iJdGE89xmRS3u7TwSDTH20RQ+Gg5eaC/54mpVOk4I9FSyjSvrNJ80aQ1vk+KjKyFhWSN/TNt9cc5vo8Fo0y26HG6FYnmMbHvCi6xgcBLoLV9FyIP5hWGjmitAqz1F7ee9ayZVFfVz3dFvNnseISmRr89MzD8IqwVpCGUD/rYgaC0zbggqTrwIUIzPrhcfpcUXlIqm5hfA0cy0tYVBJBKcAO5Gqzkii4SHr6Z+Zw+qk/CDmuPwKgIXdV8oAM0/fyY5X15o1lToZrn3DDjm7sUwoaf6h317m9z4hfQhpnNz23LMLiynNRDBQU7aYQ8A/4VeumfY0P98kMODU7Yb99wq/gvb5IgpP/DFNo3jbpM28FPqHr5FYseGd6IcaFP5PBKWwgS9lCKskNQmZZfgX/YYKqA1xd5c6o+DUredPhXC252EuhPr7ENCq7mYIagpsYoOSDoCi9liJMD++EssF9bND1dlUHN4FiCkLmVBpU4TW5V37gOtWnfASXxjLymUtGZcaGzaiuC2tbMHwydoq1MaYtV5g+GTtEWqrZ4zvzB0CXailBJwFvmD4ZO0RZSMsxiW4ZO0VYGtdVZbMvQFdr+8Sc=",
  },
  hybrid: {
    sizeBytes: 475136,
    sectors:
      "7VZdS8MwFP0vfRZMtzo2wYfbJEpCU+3adMw3X4y2wh609EP87ybBToc+bDh01Rw49PZyuWlyT8N59pB36oGDw16BARSFbq4UUPNOFKjvd81vVmfekTcJjGZlTAWBBhJQDG9JenedPHA+36L2fVXC+qjd5WMTQ7N5CqYdXndclZtHJe2DKbjvUzp+W1PBrXpckE4UYFO2Xwh4hz07bslwmfk8TfP4KspoFacBYoTVoqCVIJodVCKTtdFchEORSs4lmuE855d9/Yf8hWxRExWyinFtNXuiNctow5OS57IMnkQa+FGRuHP/Tdr5LhuRsVbP1hedQHq+oP+2Ni5oIwrWxJnsRJfUAsDM/hOBfJmHne6lw6PV7MRo1unkP3HIsJqdas0eo7U3cHA4dM36o+mPGloc9FG1H0O73KgLy97ELvrUuTO0f83Q+qOZc7TO0Q7L0fpj5Cyts7QDswfjkfO0DkMS7csr",
  },
} as const satisfies Readonly<Record<string, Recorded>>;

/** Sectors of 512 bytes by number, base64, as deflated JSON; those that are zero are left out. */
type Recorded = { readonly sizeBytes: number; readonly sectors: string };

export type RecordedName = keyof typeof RECORDED;

export const RECORDED_NAMES = Object.keys(RECORDED) as RecordedName[];

/** The first bytes of a recorded volume, enough to change any mark in them. */
export function recordedBytes(name: RecordedName): { bytes: Buffer; sizeBytes: number } {
  const { sizeBytes, sectors } = RECORDED[name];
  const text = inflateRawSync(Buffer.from(sectors, "base64")).toString();
  const found = Object.entries(JSON.parse(text) as Record<string, string>);
  const endBytes = Math.max(...found.map(([sector]) => (Number(sector) + 1) * 512));
  const bytes = Buffer.alloc(endBytes);
  for (const [sector, base64] of found)
    bytes.set(Buffer.from(base64, "base64"), Number(sector) * 512);
  return { bytes, sizeBytes };
}

/** Behind `bytes` there are zeros up to `sizeBytes`. */
export function readerOf(bytes: Uint8Array, sizeBytes = bytes.length): ReadBytes {
  return async (at, lengthBytes) => {
    const lengthLeft = Math.max(0, Math.min(lengthBytes, sizeBytes - at));
    const part = new Uint8Array(lengthLeft);
    part.set(bytes.subarray(at, at + lengthLeft));
    return part;
  };
}
