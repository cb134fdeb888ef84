/* riscv: start-up, faults, semihosting and the counter of QEMU's RISC-V "virt" machine, in machine mode. */
    .option arch, +zicsr

    .section .vectors, "ax"
    .globl reset
reset:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, stack_top
    la t0, trap
    csrw mtvec, t0
    la a0, data_start
    la a1, data_load
    la a2, data_end
    sub a2, a2, a0
    call memcpy
    la a0, bss_start
    li a1, 0
    la a2, bss_end
    sub a2, a2, a0
    call memset
    call harness

/* Writes where and why to the file "fault" and ends. On a new stack, because the old one may be broken. */
    .balign 4
trap:
    la sp, stack_top
    addi sp, sp, -32
    csrr t0, mepc
    csrr t1, mcause
    csrr t2, mtval
    sw t0, 0(sp)
    sw t1, 4(sp)
    sw t2, 8(sp)
    la t0, fault_name
    li t1, 5 /* MODE_WRITE */
    li t2, 5
    sw t0, 16(sp)
    sw t1, 20(sp)
    sw t2, 24(sp)
    li a0, 0x01 /* SYS_OPEN */
    addi a1, sp, 16
    call semihost
    li t1, 12
    sw a0, 16(sp)
    sw sp, 20(sp)
    sw t1, 24(sp)
    li a0, 0x05 /* SYS_WRITE */
    addi a1, sp, 16
    call semihost
    li a0, 2 /* END_FAULT */
    call quit

    .section .rodata.fault_name, "a"
fault_name:
    .asciz "fault"

/* RISC-V semihosting: these three uncompressed instructions, on one page. */
    .section .text.semihost, "ax"
    .globl semihost
    .balign 16
    .option push
    .option norvc
semihost:
    slli zero, zero, 0x1f
    ebreak
    srai zero, zero, 7
    ret
    .option pop

    .section .text.quit, "ax"
    .globl quit
quit:
    addi sp, sp, -16
    li t0, 0x20026 /* ADP_Stopped_ApplicationExit */
    sw t0, 0(sp)
    sw a0, 4(sp)
    li a0, 0x20 /* SYS_EXIT_EXTENDED */
    mv a1, sp
    call semihost
    j .

    .section .text.stack_pointer, "ax"
    .globl stack_pointer
stack_pointer:
    mv a0, sp
    ret

/* minstret counts from reset. */
    .section .text.counters, "ax"
    .globl counter_start
counter_start:
    ret
    .globl counter_fine
counter_fine:
    csrr a0, minstret
    ret
    .globl counter_coarse
counter_coarse:
    csrr t0, minstreth
    csrr a0, minstret
    csrr t1, minstreth
    bne t0, t1, counter_coarse
    srli a0, a0, 4
    slli t0, t0, 28
    or a0, a0, t0
    ret
